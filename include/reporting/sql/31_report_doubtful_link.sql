-- two records of one system that may be one person, if a person who reviews it says so; across the systems: report.lead
create view report.doubtful_link as
select
    link.left_member,
    link.right_member,
    link.weight,
    cut.reason as cut_by
from match.link
inner join latest.model using (model_version)
left join latest.entity as one on one.member = link.left_member
left join latest.entity as other on other.member = link.right_member
left join match.cut on cut.left_member = link.left_member and cut.right_member = link.right_member
where
    link.found_at <= access.known_at()
    and coalesce(one.entity, link.left_member) <> coalesce(other.entity, link.right_member);
