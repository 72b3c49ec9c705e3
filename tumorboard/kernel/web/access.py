"""Every route names its permission, or the application does not start."""

import functools
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from flask import Flask, g, request

from tumorboard.kernel.db import retrying
from tumorboard.kernel.errors import Forbidden, Unauthenticated, UnsafeConfiguration

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Anyone(StrEnum):
    """The permission of the few routes that need no sign-in."""

    ANYONE = "anyone"


class MayAct(Protocol):
    """What the web needs to know of the person who asks."""

    def may(self, permission: Any) -> bool:
        """Whether the person holds the permission on anything at all."""
        ...


def requires(permission: StrEnum, *, writes: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only those in who hold the permission, and repeat the view when the database met a conflict.

    `writes` marks the few safe routes that store something (that a case was seen).
    Raises Unauthenticated without a sign-in and Forbidden without the permission.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _admit(permission)
            if writes or request.method not in SAFE_METHODS:
                return retrying(lambda: view(*args, **kwargs))
            return view(*args, **kwargs)

        return _marked(guarded, permission, writes=writes)

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let anyone in: sign-in, public feeds, health."""

    @functools.wraps(view)
    def open_to_all(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method not in SAFE_METHODS:
            return retrying(lambda: view(*args, **kwargs))
        return view(*args, **kwargs)

    return _marked(open_to_all, Anyone.ANYONE, writes=False)


def writes_on_get(app: Flask) -> bool:
    """Whether the route of this request stores something although its method is safe."""
    view = app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "writes", False))


def check_every_route_names_its_permission(app: Flask, *, of_libraries: Mapping[str, StrEnum]) -> None:
    """Refuse to start when a route has no permission.

    `of_libraries` names the permission of each endpoint that a library brought.
    Raises UnsafeConfiguration naming the first such route.
    """
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "permission"):
            continue
        if rule.endpoint not in of_libraries:
            raise UnsafeConfiguration(f"The route {rule.rule} ({rule.endpoint}) names no permission.")
        app.view_functions[rule.endpoint] = _guard_library_view(view, of_libraries[rule.endpoint])


def _guard_library_view(view: Callable[..., Any], permission: StrEnum) -> Callable[..., Any]:
    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if permission is not Anyone.ANYONE:
            _admit(permission)
        return view(*args, **kwargs)

    return _marked(guarded, permission, writes=False)


def _admit(permission: StrEnum) -> None:
    actor = cast(MayAct | None, g.get("actor"))
    if actor is None:
        raise Unauthenticated("Sign in to go on.")
    if not actor.may(permission):
        raise Forbidden("Your part in the alliance does not include this.")


def _marked(view: Callable[P, R], permission: StrEnum, *, writes: bool) -> Callable[P, R]:
    view.permission = permission  # type: ignore[attr-defined]  # functions carry attributes
    view.writes = writes  # type: ignore[attr-defined]  # functions carry attributes
    return view
