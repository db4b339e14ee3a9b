/* scm-datagram.c -- the datagram socket's primitives

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "scm-reactor.h"

#include "address.h"
#include "datagram.h"
#include "error.h"
#include "primitive.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

/* Write the numeric address HOST with PORT to *ADDRESS.  Return 0 or
   -EINVAL.  */
static int
address_from_scm (SCM host, int port, struct sockaddr_storage *address)
{
  scm_dynwind_begin (0);
  char *text = scm_to_utf8_string (host);
  scm_dynwind_free (text);
  int status = address_parse (text, port, address);
  scm_dynwind_end ();
  return status;
}

/* The number of the interface called NAME, 0 for #f or none.  */
static unsigned
interface_from_scm (SCM name)
{
  unsigned interface = 0;

  if (scm_is_string (name))
    {
      scm_dynwind_begin (0);
      char *text = scm_to_locale_string (name);
      scm_dynwind_free (text);
      interface = if_nametoindex (text);
      scm_dynwind_end ();
    }
  return interface;
}

static struct descriptor *
socket_from_scm (SCM object, const char *who)
{
  reactor_for (who);
  return (struct descriptor *) source_of_kind (object, SOURCE_DESCRIPTOR,
                                               who);
}

static SCM
scm_im_open_datagram (SCM host, SCM port, SCM interface, SCM ttl, SCM loop,
                      SCM broadcast, SCM share)
{
  const char *who = "make-datagram-socket";
  struct reactor *reactor = reactor_for (who);
  struct datagram_options options =
    {
      .share = scm_is_true (share), .broadcast = scm_is_true (broadcast),
      .loop = scm_is_true (loop), .ttl = scm_to_int (ttl),
      .interface = interface_from_scm (interface)
    };
  struct sockaddr_storage address;
  struct descriptor *socket;
  int status = address_from_scm (host, scm_to_int (port), &address);

  if (status == 0)
    status = datagram_open (reactor, &address, &options, &socket);
  if (status < 0)
    error_system (who, status);
  return source_to_scm (&socket->source);
}

static SCM
scm_im_send_datagram (SCM object, SCM bytes, SCM host, SCM port)
{
  const char *who = "send-datagram";
  const struct descriptor *socket = socket_from_scm (object, who);
  struct sockaddr_storage address;
  int status = address_from_scm (host, scm_to_int (port), &address);

  if (status == 0)
    status = datagram_send (socket,
                            (uint8_t *) SCM_BYTEVECTOR_CONTENTS (bytes),
                            SCM_BYTEVECTOR_LENGTH (bytes), &address);
  if (status == -EAGAIN)
    return SCM_BOOL_F;
  if (status < 0)
    error_system (who, status);
  return SCM_BOOL_T;
}

static SCM
bytes_to_scm (const uint8_t *bytes, size_t size)
{
  SCM result = scm_c_make_bytevector (size);

  memcpy (SCM_BYTEVECTOR_CONTENTS (result), bytes, size);
  return result;
}

static SCM
scm_im_receive_datagram (SCM object, SCM limit)
{
  const char *who = "receive-datagram";
  struct datagram datagram;
  const struct sockaddr *sender = (struct sockaddr *) &datagram.sender;
  char text[ADDRESS_TEXT_BYTES];
  int status = datagram_receive (socket_from_scm (object, who),
                                 scm_to_size_t (limit), &datagram);

  if (status == -EAGAIN)
    return SCM_BOOL_F;
  if (status < 0)
    error_system (who, status);
  address_format (sender, text);
  return scm_list_4 (bytes_to_scm (datagram.bytes, datagram.size),
                     scm_from_utf8_string (text),
                     scm_from_int (address_port (sender)),
                     scm_from_bool (datagram.truncated));
}

static SCM
scm_im_set_member (SCM object, SCM group, SCM interface, SCM member)
{
  const char *who = scm_is_true (member) ? "join-multicast-group"
                                         : "leave-multicast-group";
  const struct descriptor *socket = socket_from_scm (object, who);
  struct sockaddr_storage address;
  int status = address_from_scm (group, 0, &address);

  if (status == 0)
    status = datagram_set_member (socket, &address,
                                  interface_from_scm (interface),
                                  scm_is_true (member));
  if (status < 0)
    error_system (who, status);
  return SCM_UNSPECIFIED;
}

const struct primitive datagram_primitives[] = {
  { "%open-datagram", 7, 0, scm_im_open_datagram,
    "Return a source that is ready when a datagram waits at the numeric\n"
    "address HOST, a string, and PORT (0: the system chooses one).  Its\n"
    "multicasts leave by INTERFACE, a name (#f: any), cross TTL networks\n"
    "and, with LOOP?, are heard here too.  BROADCAST?: it may broadcast;\n"
    "SHARE?: others may use the port too." },
  { "%send-datagram", 4, 0, scm_im_send_datagram,
    "Send BYTES to the numeric address HOST, a string, and PORT by the\n"
    "socket SOURCE.  Return #t, or #f if there is no room for it now." },
  { "%receive-datagram", 2, 0, scm_im_receive_datagram,
    "Return (BYTES ADDRESS PORT TRUNCATED?): up to LIMIT bytes of the next\n"
    "datagram at SOURCE, who sent it, and whether it was longer; or #f if\n"
    "none waits." },
  { "%set-member!", 4, 0, scm_im_set_member,
    "Receive, or if MEMBER? is #f no longer receive, at SOURCE what is sent\n"
    "to GROUP on INTERFACE, a name (#f: any)." },
  { NULL, 0, 0, NULL, NULL }
};
