/* primitive.c -- tables of procedures written in C

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   SCM_DEFINE's docstrings are invisible at the REPL; the `documentation'
   property is what ,describe looks at.  */

#include "primitive.h"

void
primitive_define_all (const struct primitive *table)
{
  SCM documentation = scm_from_utf8_symbol ("documentation");

  for (const struct primitive *row = table; row->name != NULL; row++)
    {
      SCM procedure = scm_c_define_gsubr (row->name, row->required,
                                          row->optional, 0, row->function);
      scm_set_procedure_property_x (procedure, documentation,
                                    scm_from_utf8_string (row->documentation));
      scm_c_export (row->name, NULL);
    }
}
