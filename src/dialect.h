/* dialect.h -- requests in one of the two notations a peer may speak

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The first byte a peer sends decides: `<' begins a message of the older
   XML-like version, anything else an s-expression.  Who handles a request
   doesn't learn which it was.  */

#ifndef IM_DIALECT_H
#define IM_DIALECT_H

#include "datum.h"
#include "stream.h"

/* Take the next request off STREAM.  Return NULL and store it in *REQUEST;
   or return the name of why there is none, as %get-request's
   documentation lists them.  */
const char *dialect_read (struct stream *stream, SCM *request);

/* Append REQUEST, of at most LIMIT bytes, to OUT in STREAM's notation.  */
enum datum_status dialect_write (struct stream *stream, struct buffer *out,
                                 SCM request, size_t limit);

/* The same for any datum, in the notation of s-expressions.  */
const char *dialect_next_datum (struct stream *stream, SCM *datum);

/* Why STREAM has nothing whole to take: "nothing", "incomplete",
   "cut-off", "end-of-file" or "broken".  */
const char *stream_end_name (const struct stream *stream);

/* In dialect-xml.c, and the same for messages in XML.  */
const char *xml_read_request (struct stream *stream, SCM *request);
enum datum_status xml_write_request (struct stream *stream,
                                     struct buffer *out, SCM request,
                                     size_t limit);

#endif /* IM_DIALECT_H */
