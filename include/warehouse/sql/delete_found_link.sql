delete from found_link;
