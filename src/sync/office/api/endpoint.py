"""One request in, one signed answer out, whatever happens in between."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.types import Receive, Scope, Send

from sync.office.api.signing import Asked, Rejected, Signer
from sync.office.rules import enrolment
from sync.office.rules.claims import Fenced, Recovering
from sync.office.rules.reading import BadChain

_LOG: Final = logging.getLogger("housefull.office")
_Model = TypeVar("_Model", bound=BaseModel)
Body = BaseModel | dict[str, Any] | bytes


class Endpoint:
    """Whatever happens, the answer is signed, and an error is JSON that says what and why.

    An ASGI application of its own: with fifty tills claiming, the layers that a framework
    puts around a function cost more than all that the function does. An empty `method` takes any.
    """

    def __init__(self, signer: Signer, handler: Callable[[Asked], Awaitable[Body]], method: str = "POST") -> None:
        self._signer, self._handler, self._method = signer, handler, method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Asked.of(scope)
        try:
            if self._method and asked.method != self._method:
                raise Rejected(405, "no_such_request", f"{asked.path} takes {self._method}, not {asked.method}")
            await asked.read(receive)
            answer = await self._handler(asked)
        except Rejected as error:
            rejected = error
        except Fenced:
            rejected = Rejected(403, "fenced", "this till's enrolment has ended; it must be enrolled again")
        except Recovering:
            why = "the office was restored from a backup and grants nothing until that has been ended there"
            rejected = Rejected(409, "recovering", why)
        except enrolment.CannotEnrol as error:
            rejected = Rejected(403, error.code, str(error))
        except BadChain as error:
            rejected = Rejected(400, "bad_chain", str(error))
        except Exception:  # noqa: BLE001 - logged, and the till hears that the office failed
            _LOG.exception("%s %s failed", asked.method, asked.path)
            rejected = Rejected(500, "office_failed", "the office failed; its log says why")
        else:
            await self._signer.answer(send, asked, answer)
            return
        await self._signer.error(send, asked, rejected)


def parsed(model: type[_Model], body: bytes) -> _Model:
    """Raises Rejected(422)."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Rejected(422, "bad_request", f"{where}: {first['msg']}" if where else str(first["msg"])) from error
