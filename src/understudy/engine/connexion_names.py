"""Everything of Connexion that this package uses, private names included.

`tests/unit/engine/test_connexion.py` says which of them an upgrade has broken; ADR 0002 says why
they are used.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of jsonschema.RefResolver, and of httpx in Starlette's test client
    from connexion import AsyncApp
    from connexion.apps.abstract import AbstractApp
    from connexion.middleware.abstract import AbstractRoutingAPI, RoutedAPI, RoutedMiddleware, SpecMiddleware
    from connexion.middleware.main import API
    from connexion.resolver import Resolution, Resolver
    from connexion.spec import OpenAPISpecification

__all__ = [
    "API",
    "AbstractApp",
    "AbstractRoutingAPI",
    "AsyncApp",
    "OpenAPISpecification",
    "Resolution",
    "Resolver",
    "RoutedAPI",
    "RoutedMiddleware",
    "SpecMiddleware",
]
