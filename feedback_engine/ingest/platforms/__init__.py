"""How each platform writes its files, one module a platform; `catalogs.ADAPTERS` lists them."""
