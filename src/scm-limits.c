/* scm-limits.c -- the limits' primitives

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "scm-reactor.h"

#include "error.h"
#include "limits.h"
#include "primitive.h"

/* VALUE in the unit that ROW's name says.  */
static SCM
in_its_unit (const struct limit_row *row, uint32_t value)
{
  return scm_divide (scm_from_uint32 (value), scm_from_uint32 (row->scale));
}

static struct limit_row *
row_called (SCM name, const char *who)
{
  for (int i = 0; i < LIMITS; i++)
    if (scm_is_eq (name, scm_from_utf8_symbol (limits[i].name)))
      return &limits[i];
  error_wrong_type (who, 1, name, "the name of a limit");
}

static SCM
scm_im_limit (SCM name)
{
  const struct limit_row *row = row_called (name, "im-limit");

  return in_its_unit (row, row->value);
}

static SCM
scm_im_set_limit_x (SCM name, SCM value)
{
  struct limit_row *row = row_called (name, "im-limit");
  double units = scm_to_double (value) * row->scale;

  if (!(units >= row->least && units <= row->most))
    return SCM_BOOL_F;
  row->value = (uint32_t) units;
  return SCM_BOOL_T;
}

static SCM
scm_im_limits (void)
{
  SCM list = SCM_EOL;

  for (int i = LIMITS - 1; i >= 0; i--)
    {
      const struct limit_row *row = &limits[i];

      list = scm_cons (scm_list_5 (scm_from_utf8_symbol (row->name),
                                   in_its_unit (row, row->value),
                                   in_its_unit (row, row->least),
                                   in_its_unit (row, row->most),
                                   scm_from_utf8_string (row->meaning)),
                       list);
    }
  return list;
}

static SCM
scm_im_limit_stream_x (SCM port)
{
  struct stream *stream = stream_from_port (port, "limit-connection!");

  stream_set_request_limit (stream, limit_of (LIMIT_REQUEST_BYTES));
  stream_set_rate (stream, limit_of (LIMIT_RATE_REQUESTS),
                   limit_of (LIMIT_RATE_BURST));
  stream->output_limit = limit_of (LIMIT_OUTPUT_BYTES);
  stream->request_timeout_ms = limit_of (LIMIT_REQUEST_MS);
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_request_timeout (SCM port)
{
  uint32_t timeout_ms
    = stream_from_port (port, "get-request")->request_timeout_ms;

  return timeout_ms == 0 ? SCM_BOOL_F
                         : scm_from_double (timeout_ms / 1000.0);
}

const struct primitive limit_primitives[] = {
  { "%limit", 1, 0, scm_im_limit,
    "Return the limit called NAME, a symbol, in the unit its name says." },
  { "%set-limit!", 2, 0, scm_im_set_limit_x,
    "Return #t after setting the limit called NAME to VALUE, #f if it can't\n"
    "be that." },
  { "%limits", 0, 0, scm_im_limits,
    "Return a list of (NAME VALUE LEAST MOST MEANING), one for each limit." },
  { "%limit-stream!", 1, 0, scm_im_limit_stream_x,
    "Let PORT's stream have the limits of a server's client." },
  { "%request-timeout", 1, 0, scm_im_request_timeout,
    "Return how many seconds PORT has to finish a request, or #f." },
  { NULL, 0, 0, NULL, NULL }
};
