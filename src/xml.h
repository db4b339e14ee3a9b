/* xml.h -- the lines of the older, XML-like version of the protocol

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   One message is one line of four elements, always these, in this order:

     <command>C</command><from>F</from><to>T</to><data>D</data>

   Nothing is escaped: D may hold any text but a line break and its own
   closing tag.  */

#ifndef IM_XML_H
#define IM_XML_H

#include <stddef.h>
#include <stdint.h>

struct buffer;

enum xml_field { XML_COMMAND, XML_FROM, XML_TO, XML_DATA, XML_FIELDS };

/* Some bytes of somebody else's.  */
struct slice
{
  const uint8_t *bytes;
  size_t size;
};

/* Find the fields of LINE, SIZE bytes without the line break.  Return 0,
   or -EINVAL when it is no message in UTF-8.  */
int xml_parse (const uint8_t *line, size_t size,
               struct slice fields[XML_FIELDS]);

/* Append the line of FIELDS, with its line break, to OUT.  Return 0,
   -EILSEQ when a field can't be told from what stands around it, or
   -ENOMEM; then OUT is as it was.  */
int xml_append (struct buffer *out, const struct slice fields[XML_FIELDS]);

#endif /* IM_XML_H */
