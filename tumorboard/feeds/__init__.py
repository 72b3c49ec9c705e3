"""iCalendar subscriptions: public, by series and personal."""
