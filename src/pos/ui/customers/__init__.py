"""The screen of customers: found, recorded, attached to a sale, merged, exported, erased."""
