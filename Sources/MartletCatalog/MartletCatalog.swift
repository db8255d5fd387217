// MartletCatalog
