"""What the bodies of facts are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[str, Field(pattern=r"^-?\d{1,15}(\.\d+)?$")]


class Body(BaseModel):
    """Keys that are not known here are none of the office's business."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class RecordBody(Body):
    """A record that a till keeps: whose it is, and which."""

    id: Id
    home: Id


class RecordedBody(Body):
    user: Id
    record: RecordBody


class ToldBody(Body):
    """A record that a till makes by itself: nobody has decided it."""

    record: RecordBody
