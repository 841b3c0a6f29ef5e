"""The week on paper and as a picture. ``page.write``: one HTML file; ``picture.png``: a picture for a phone."""
