/* primitive.h -- tables of procedures written in C

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef IM_PRIMITIVE_H
#define IM_PRIMITIVE_H

#include <libguile.h>

struct primitive
{
  const char *name;
  int required;                 /* arguments */
  int optional;
  scm_t_subr function;
  const char *documentation;    /* what ,describe shows */
};

/* Define and export each row of TABLE, which ends with a row without a
   name, in the current module.  */
void primitive_define_all (const struct primitive *table);

/* One table for each file of primitives.  */
extern const struct primitive reactor_primitives[];
extern const struct primitive source_primitives[];
extern const struct primitive stream_primitives[];
extern const struct primitive relay_primitives[];
extern const struct primitive request_primitives[];
extern const struct primitive limit_primitives[];
extern const struct primitive memory_primitives[];
extern const struct primitive listener_primitives[];
extern const struct primitive datagram_primitives[];
extern const struct primitive address_primitives[];
extern const struct primitive repl_port_primitives[];
extern const struct primitive write_now_primitives[];

#endif /* IM_PRIMITIVE_H */
