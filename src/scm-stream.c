/* scm-stream.c -- streams as Guile ports

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   One port for both directions, as Guile's own sockets have it.  It is
   unbuffered, so that `read-line', `char-ready?' and `get-request' all see
   the same bytes, and says "would block" instead of blocking: (im reactor)
   then lets others work.  Only readers written in C, which can't be
   suspended, poll the descriptor.  */

#include "scm-reactor.h"

#include "address.h"
#include "error.h"
#include "limits.h"
#include "primitive.h"

#include <errno.h>
#include <gc/gc.h>

static scm_t_port_type *stream_port_type;

/* UTF-8 by another name, by which iconv decodes it.  What Guile 3.0 does by
   itself for "UTF-8" where a reader can be suspended takes U+D000 to U+D7FF,
   most of Hangul's end, for errors, and raises for an encoded surrogate.  */
#define PORT_ENCODING "UTF8"

static void close_port (SCM port);

static void
finalize_port (void *port, void *unused)
{
  (void) unused;
  close_port (SCM_PACK_POINTER (port));
}

/* Guile would finalize it just so for scm_set_port_needs_close_on_gc, but
   also keep a list of all ports, which takes 90 bytes for each.  */
SCM
stream_to_port (struct stream *stream)
{
  SCM port = scm_c_make_port_with_encoding
    (stream_port_type, SCM_OPN | SCM_RDNG | SCM_WRTNG | SCM_BUF0,
     scm_from_utf8_symbol (PORT_ENCODING), scm_from_utf8_symbol ("substitute"),
     (scm_t_bits) stream);

  GC_REGISTER_FINALIZER_NO_ORDER (SCM_UNPACK_POINTER (port), finalize_port,
                                  NULL, NULL, NULL);
  return port;
}

bool
is_stream_port (SCM object)
{
  return SCM_PORTP (object) && SCM_PORT_TYPE (object) == stream_port_type;
}

struct stream *
stream_from_port (SCM port, const char *who)
{
  reactor_for (who);
  if (!is_stream_port (port))
    error_wrong_type (who, 1, port, "a socket's port");
  if (!SCM_OPPORTP (port))
    error_wrong_type (who, 1, port, "an open port; this one is closed");
  return (struct stream *) SCM_STREAM (port);
}

/* --- What Guile asks of a port ----------------------------------------- */

static size_t
read_port (SCM port, SCM destination, size_t start, size_t count)
{
  struct stream *stream = stream_from_port (port, "read");
  uint8_t *bytes = (uint8_t *) SCM_BYTEVECTOR_CONTENTS (destination) + start;

  if (buffer_size (&stream->input) == 0 && !stream->eof
      && stream->error == 0)
    reactor_run (reactor_for ("read"), 0);
  size_t taken = stream_take (stream, bytes, count);
  if (taken > 0)
    return taken;
  if (stream->eof)
    return 0;
  if (stream->error != 0)
    error_system ("read", stream->error);
  return (size_t) -1;
}

static size_t
write_port (SCM port, SCM source, size_t start, size_t count)
{
  struct stream *stream = stream_from_port (port, "write");
  const uint8_t *bytes
    = (const uint8_t *) SCM_BYTEVECTOR_CONTENTS (source) + start;

  if (stream->error != 0)
    error_system ("write", stream->error);
  if (stream->finished)
    error_output_finished ("write");
  /* All is taken: Guile's printers would block in C.  Who printed waits
     afterwards, see (im ports).  */
  if (buffer_append (&stream->output, bytes, count) < 0)
    error_system ("write", -ENOMEM);
  if (stream_wrote (stream) < 0)
    error_system ("write", stream->error);
  return count;
}

static void
close_port (SCM port)
{
  struct stream *stream = (struct stream *) SCM_STREAM (port);

  SCM_SETSTREAM (port, NULL);
  if (stream != NULL)
    source_dispose (&stream->source);
}

static int
input_waiting (SCM port)
{
  struct stream *stream = stream_from_port (port, "char-ready?");

  if (buffer_size (&stream->input) == 0 && !stream->eof)
    reactor_run (reactor_for ("char-ready?"), 0);
  return !stream_paused (stream)
         && (buffer_size (&stream->input) > 0 || stream->eof
             || stream->error != 0);
}

static int
wait_descriptor (SCM port)
{
  return stream_from_port (port, "read")->fd;
}

static void
natural_buffer_sizes (SCM port, size_t *read_size, size_t *write_size)
{
  (void) port;
  *read_size = *write_size = 1;
}

static int
print_port (SCM port, SCM destination, scm_print_state *state)
{
  struct sockaddr_storage address;
  char text[ADDRESS_TEXT_BYTES + 40] = "#<socket port, closed>";

  (void) state;
  if (SCM_OPPORTP (port)
      && stream_address ((struct stream *) SCM_STREAM (port), true,
                         &address) == 0)
    {
      char peer[ADDRESS_TEXT_BYTES];

      address_format ((struct sockaddr *) &address, peer);
      snprintf (text, sizeof text, "#<socket port, peer %s:%d>", peer,
                address_port ((struct sockaddr *) &address));
    }
  else if (SCM_OPPORTP (port))
    snprintf (text, sizeof text, "#<socket port, not connected>");
  scm_puts (text, destination);
  return 1;
}

void
scm_stream_init (void)
{
  scm_t_port_type *type
    = scm_make_port_type ("socket port", read_port, write_port);

  scm_set_port_close (type, close_port);
  scm_set_port_input_waiting (type, input_waiting);
  scm_set_port_read_wait_fd (type, wait_descriptor);
  scm_set_port_write_wait_fd (type, wait_descriptor);
  scm_set_port_get_natural_buffer_sizes (type, natural_buffer_sizes);
  scm_set_port_print (type, print_port);
  stream_port_type = type;
}

/* --- Primitives -------------------------------------------------------- */

static SCM
scm_im_connect (SCM host, SCM port)
{
  const char *who = "make-client-socket";
  struct reactor *reactor = reactor_for (who);
  struct sockaddr_storage address;
  struct stream *stream;

  scm_dynwind_begin (0);
  char *text = scm_to_utf8_string (host);
  scm_dynwind_free (text);
  int status = address_parse (text, scm_to_int (port), &address);
  if (status == 0)
    status = stream_connect (reactor, &address, &stream);
  scm_dynwind_end ();
  if (status < 0)
    error_system (who, status);
  return stream_to_port (stream);
}

static SCM
scm_im_stream_port_p (SCM object)
{
  return scm_from_bool (is_stream_port (object));
}

static SCM
scm_im_stream_errno (SCM port)
{
  return scm_from_int (-stream_from_port (port, "socket")->error);
}

/* (address . port) of one end of STREAM, or #f.  */
static SCM
end_point (const struct stream *stream, bool peer)
{
  struct sockaddr_storage address;
  char text[ADDRESS_TEXT_BYTES];

  if (stream_address (stream, peer, &address) < 0)
    return SCM_BOOL_F;
  address_format ((struct sockaddr *) &address, text);
  return scm_cons (scm_from_utf8_string (text),
                   scm_from_int (address_port ((struct sockaddr *) &address)));
}

static SCM
scm_im_stream_peer (SCM port)
{
  return end_point (stream_from_port (port, "socket-host-address"), true);
}

static SCM
scm_im_stream_local (SCM port)
{
  return end_point (stream_from_port (port, "socket-local-address"), false);
}

static SCM
scm_im_stream_unsent (SCM port)
{
  return scm_from_size_t (stream_unsent (stream_from_port (port, "flush")));
}

static SCM
scm_im_stream_received (SCM port)
{
  return scm_from_size_t (buffer_size (&stream_from_port (port,
                                                          "read")->input));
}

static SCM
scm_im_stream_full_p (SCM port)
{
  const struct stream *stream = stream_from_port (port, "write");

  return scm_from_bool (stream->error == 0 && stream->output_limit == 0
                        && stream_unsent (stream) >= IM_OUTPUT_WAIT_BYTES);
}

static SCM
scm_im_flush_stream (SCM port)
{
  stream_flush (stream_from_port (port, "flush"));
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_finish_output (SCM port)
{
  stream_finish_output (stream_from_port (port, "socket-finish-output"));
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_untake (SCM port, SCM bytes)
{
  const char *who = "get-request";
  int status = stream_untake (stream_from_port (port, who),
                              (uint8_t *) SCM_BYTEVECTOR_CONTENTS (bytes),
                              SCM_BYTEVECTOR_LENGTH (bytes));
  if (status < 0)
    error_system (who, status);
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_fail_stream (SCM port)
{
  struct stream *stream = stream_from_port (port, "read");

  buffer_free (&stream->input);
  frame_reset (&stream->frame);
  stream_fail (stream, -EPROTO);
  return SCM_UNSPECIFIED;
}

const struct primitive stream_primitives[] = {
  { "%connect", 2, 0, scm_im_connect,
    "Return a port that is connecting to the numeric address HOST, a\n"
    "string, and PORT.  It is ready when that has succeeded or failed." },
  { "%stream-port?", 1, 0, scm_im_stream_port_p,
    "Return #t if OBJECT is a socket's port, open or closed." },
  { "%stream-errno", 1, 0, scm_im_stream_errno,
    "Return the errno that broke PORT's stream, or 0." },
  { "%stream-peer", 1, 0, scm_im_stream_peer,
    "Return (ADDRESS . PORT) of the other end of PORT's stream, or #f." },
  { "%stream-local", 1, 0, scm_im_stream_local,
    "Return (ADDRESS . PORT) of this end of PORT's stream, or #f." },
  { "%stream-unsent", 1, 0, scm_im_stream_unsent,
    "Return how many bytes wait to be sent." },
  { "%stream-received", 1, 0, scm_im_stream_received,
    "Return how many bytes PORT's stream has received that nobody took." },
  { "%stream-full?", 1, 0, scm_im_stream_full_p,
    "Return #t if who prints to PORT should wait until that is sent." },
  { "%flush-stream!", 1, 0, scm_im_flush_stream,
    "Send what is queued for PORT, as far as the kernel takes it." },
  { "%finish-output!", 1, 0, scm_im_finish_output,
    "Tell PORT's peer, when all that is queued is sent, that this was all." },
  { "%untake!", 2, 0, scm_im_untake,
    "Put BYTES, which PORT's buffer held, back in front of its input." },
  { "%fail-stream!", 1, 0, scm_im_fail_stream,
    "End PORT's stream as if the connection had broken." },
  { NULL, 0, 0, NULL, NULL }
};
