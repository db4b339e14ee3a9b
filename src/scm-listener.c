/* scm-listener.c -- the listener's primitives

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "scm-reactor.h"

#include "address.h"
#include "error.h"
#include "listener.h"
#include "primitive.h"

#include <errno.h>

static SCM
scm_im_listen (SCM host, SCM port, SCM backlog)
{
  const char *who = "make-server-socket";
  struct reactor *reactor = reactor_for (who);
  struct sockaddr_storage address;
  struct descriptor *listener;

  scm_dynwind_begin (0);
  char *text = scm_to_utf8_string (host);
  scm_dynwind_free (text);
  int status = address_parse (text, scm_to_int (port), &address);
  if (status == 0)
    status = listener_open (reactor, &address, scm_to_int (backlog),
                            &listener);
  scm_dynwind_end ();
  if (status < 0)
    error_system (who, status);
  return source_to_scm (&listener->source);
}

static struct descriptor *
listener_from_scm (SCM object, const char *who)
{
  return (struct descriptor *) source_of_kind (object, SOURCE_DESCRIPTOR,
                                               who);
}

static SCM
scm_im_accept (SCM object)
{
  const char *who = "socket-accept-connection";
  struct descriptor *listener = listener_from_scm (object, who);
  struct stream *stream;

  reactor_for (who);
  int status = listener_accept (listener, &stream);
  if (status == -EAGAIN || status == -EWOULDBLOCK)
    return SCM_BOOL_F;
  if (status == -EMFILE || status == -ENFILE || status == -ENOMEM
      || status == -ENOBUFS)
    return scm_from_utf8_symbol ("full");
  if (status < 0)
    error_system (who, status);
  memory_note_arrival ();
  return stream_to_port (stream);
}

static SCM
scm_im_listener_address (SCM object)
{
  const char *who = "socket-local-address";
  struct sockaddr_storage address;
  char text[ADDRESS_TEXT_BYTES];
  int status = listener_address (listener_from_scm (object, who), &address);

  if (status < 0)
    error_system (who, status);
  address_format ((struct sockaddr *) &address, text);
  return scm_cons (scm_from_utf8_string (text),
                   scm_from_int (address_port ((struct sockaddr *) &address)));
}

const struct primitive listener_primitives[] = {
  { "%listen", 3, 0, scm_im_listen,
    "Return a source that is ready when a connection waits at the numeric\n"
    "address HOST, a string, and PORT (0: the system chooses one).  The\n"
    "kernel holds up to BACKLOG of them." },
  { "%accept", 1, 0, scm_im_accept,
    "Return the port of a connection to LISTENER; #f if none waits; `full'\n"
    "if this process can't have more, and LISTENER isn't ready for a while." },
  { "%listener-address", 1, 0, scm_im_listener_address,
    "Return (ADDRESS . PORT) that LISTENER listens on, or that a datagram\n"
    "socket receives at." },
  { NULL, 0, 0, NULL, NULL }
};
