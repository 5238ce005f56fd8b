create schema match;
