/* stream.h -- a connection: bytes in, bytes out

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Received bytes live in one place, `input', whoever reads them.  Output
   waits in `output' until the end of the reactor step and is then sent in
   one piece; what the kernel doesn't take waits on.

   libuv polls the descriptor and we send and receive ourselves: that
   spares a SIGPIPE and a request object for each write, and half of the
   memory of an idle connection.  */

#ifndef IM_STREAM_H
#define IM_STREAM_H

#include "buffer.h"
#include "frame.h"
#include "reactor.h"

struct sockaddr_storage;

/* Bytes that many streams are to send: printed once, counted.  */
struct shared_bytes
{
  unsigned references;
  size_t size;
  uint8_t bytes[];
};

/* Every idle client has one of these: mind the holes.  */
struct stream
{
  struct source source;
  uv_poll_t poll;
  int fd;
  int error;                    /* 0, or the negative errno that ended it */
  uint8_t polled;               /* libuv's events */
  bool connecting : 1;
  bool eof : 1;                 /* the peer sends no more */
  bool stalled : 1;             /* `input' was seen, and isn't enough */
  bool xml_decided : 1;         /* the first byte has told */
  bool xml : 1;                 /* the peer speaks the XML-like version */
  bool xml_leaving : 1;         /* and has said logout */
  bool lent : 1;                /* a Guile port may hold bytes of ours */
  bool closing : 1;             /* its owner is gone */
  bool finished : 1;            /* its owner sends no more, but reads */
  bool shut : 1;                /* we send no more */
  uint32_t request_limit;       /* bytes */
  struct buffer input;
  struct buffer output;
  struct frame frame;           /* of the request that `input' begins with */
  uint32_t output_limit;        /* bytes; more ends the stream.  0: none */
  uint32_t turn_requests;       /* taken in this turn */
  uint32_t turn_bytes;
  uint32_t turn_seen;           /* `turn_bytes' when last asked */
  uint32_t request_timeout_ms;  /* for the rest of a request.  0: none */
  uint32_t line_scanned;        /* bytes of `input' with no line break */
  uint32_t rate_requests;       /* per second.  0: any number */
  uint32_t rate_burst;          /* requests */
  uint64_t even_us;             /* when it is even with its rate */
  uint64_t paused_until_us;
  uint32_t full_turns;          /* used up, one after the other */
  struct stream *next_paused;
  struct stream **paused_link;  /* NULL: not paused */
  struct buffer latest_head;    /* replaced while unsent, see below */
  struct shared_bytes *latest_tail;
  uint64_t linger_end;          /* in the loop's milliseconds */
  struct stream *next_lingering;
  struct stream **lingering_link;       /* NULL: doesn't linger */
  struct stream *next_unflushed;
  struct stream **unflushed_link;       /* NULL: has nothing to flush */
};

/* Make a stream of the connected socket FD.  Return 0, or a negative
   errno after closing FD.  */
int stream_new (struct reactor *reactor, int fd, struct stream **result);

/* The two halves of stream_new, for who must not lose FD's peer when memory
   is out: a stream that isn't begun yet, or NULL; it can be freed.  And
   begin it with FD.  Return 0, or a negative errno after closing FD.  */
struct stream *stream_allocate (void);
int stream_begin (struct reactor *reactor, struct stream *stream, int fd);

/* Begin to connect.  Return 0 or a negative errno.  The stream is ready
   when `connecting' is over; then `error' says how.  */
int stream_connect (struct reactor *reactor,
                    const struct sockaddr_storage *address,
                    struct stream **result);

/* Whether there is something to read: bytes not yet seen, or the end.  */
bool stream_readable (const struct stream *stream);

/* Whether nothing is queued, or never will be sent.  */
bool stream_writable (const struct stream *stream);

/* A turn is what a stream's handler may take in one reactor step.  It
   goes on while there is more, the handler takes of it, and its share is
   not used up.  */
void stream_begin_turn (struct stream *stream);
bool stream_turn_continues (struct stream *stream);

/* The frame at the front of `input'.  When COMPLETE, *BYTES and *SIZE
   tell where it is until stream_consume.  When INCOMPLETE, the stream is
   not ready again before more has arrived.  */
enum frame_status stream_next_frame (struct stream *stream,
                                     const uint8_t **bytes, size_t *size);

/* The line at the front of `input', without its line break, the same
   way: COMPLETE, INCOMPLETE or, when the line break isn't within the
   request limit, TOO_LONG.  Consume one byte more than its size.  */
enum frame_status stream_next_line (struct stream *stream,
                                    const uint8_t **bytes, size_t *size);

/* Drop COUNT bytes, which were one request.  */
void stream_consume (struct stream *stream, size_t count);

/* Drop what stream_next_frame found.  */
void stream_consume_frame (struct stream *stream);

/* Copy up to COUNT received bytes to BYTES and drop them.  */
size_t stream_take (struct stream *stream, uint8_t *bytes, size_t count);

/* Give back bytes that stream_take gave.  Return 0 or -ENOMEM.  */
int stream_untake (struct stream *stream, const uint8_t *bytes,
                   size_t count);

/* After something was appended to `output': see that it is sent.  Return
   0; -ENOBUFS: the peer reads too slowly, and the stream has ended; or
   the error that had ended it before.  */
int stream_wrote (struct stream *stream);

/* Send HEAD and then TAIL once all output is gone, instead of what an
   earlier call left unsent.  Return 0, -ENOMEM, or the error that had
   ended the stream before.  */
int stream_send_latest (struct stream *stream, const uint8_t *head,
                        size_t head_size, struct shared_bytes *tail);

struct shared_bytes *shared_bytes_new (const uint8_t *bytes, size_t size);
void shared_bytes_release (struct shared_bytes *shared);

/* Send what the kernel takes.  */
void stream_flush (struct stream *stream);

/* Bytes that wait to be sent.  */
size_t stream_unsent (const struct stream *stream);

/* Reads no more than LIMIT bytes as one request.  */
void stream_set_request_limit (struct stream *stream, uint32_t limit);

/* Reads no more than so many requests per second for long (0: any number),
   and BURST at once.  */
void stream_set_rate (struct stream *stream, uint32_t requests,
                      uint32_t burst);

/* STREAM's turn is over.  If it WANTS_MORE, and has for long, and if another
   has had a turn lately that it didn't use up, it is paused.  */
void stream_count_turn (struct stream *stream, bool wants_more);

/* Whether STREAM has sent too much, and isn't read from for a while.  */
static inline bool
stream_paused (const struct stream *stream)
{
  return stream->paused_link != NULL;
}

/* Tell the peer, once all that is queued is sent, that no more will be;
   reading goes on.  Nothing may be appended to `output' from now on.  */
void stream_finish_output (struct stream *stream);

/* Let go of STREAM: what is queued is still sent, for a while.  */
void stream_close (struct reactor *reactor, struct stream *stream);

/* End STREAM as if the connection had broken.  */
void stream_fail (struct stream *stream, int error);

/* Whether any stream, closed or not, has output left.  */
bool stream_any_unsent (struct reactor *reactor);

/* The address of the other end (PEER) or of ours.  Return 0 or a negative
   errno.  */
int stream_address (const struct stream *stream, bool peer,
                    struct sockaddr_storage *address);

#endif /* IM_STREAM_H */
