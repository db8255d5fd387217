// MartletCatalog: what the database knows about itself.
//
// Owns     definitions of tables, indexes, views, models with their versions, and deployments; their stored form; the
//          immutable catalog that a statement binds against; the layout of the system tables that are stored as rows.
// Imports  MartletCore, MartletStorage.
// Promises a catalog never changes once read; every change is part of the statement's own transaction and raises the
//          catalog's version, which readers compare with the one they hold.
