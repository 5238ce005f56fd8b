create schema access;
