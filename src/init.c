/* init.c -- what `load-extension' calls

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "primitive.h"
#include "scm-reactor.h"

void scm_im_init (void);

void
scm_im_init (void)
{
  scm_reactor_init ();
  scm_source_init ();
  scm_stream_init ();
  scm_repl_port_init ();
  primitive_define_all (reactor_primitives);
  primitive_define_all (source_primitives);
  primitive_define_all (stream_primitives);
  primitive_define_all (limit_primitives);
  primitive_define_all (memory_primitives);
  primitive_define_all (listener_primitives);
  primitive_define_all (datagram_primitives);
  primitive_define_all (address_primitives);
  primitive_define_all (relay_primitives);
  primitive_define_all (request_primitives);
  primitive_define_all (repl_port_primitives);
  primitive_define_all (write_now_primitives);
}
