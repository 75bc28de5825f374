"""The paper pack at the window: what it holds, paper tickets that go out and come back, and re-keying them."""
