/* bytes.c -- bytes that grow at one end and are taken from the other

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
must_allocate (void *old, size_t size)
{
  void *new = realloc (old, size == 0 ? 1 : size);

  if (new == NULL)
    {
      fputs ("out of memory\n", stderr);
      exit (99);
    }
  return new;
}

void
bytes_add (struct bytes *bytes, const char *more, size_t size)
{
  if (size > bytes->room - bytes->size)
    {
      bytes->room = 2 * (bytes->size + size);
      bytes->data = must_allocate (bytes->data, bytes->room);
    }
  if (size > 0)
    memcpy (bytes->data + bytes->size, more, size);
  bytes->size += size;
}

void
bytes_take (struct bytes *bytes, size_t size)
{
  bytes->size -= size;
  if (bytes->size > 0)
    memmove (bytes->data, bytes->data + size, bytes->size);
}

void
bytes_free (struct bytes *bytes)
{
  free (bytes->data);
  *bytes = (struct bytes) { 0 };
}

size_t
request_size (const char *text, size_t size)
{
  int depth = 0;
  bool quoted = false;
  size_t i = 0;

  while (i < size && (text[i] == ' ' || text[i] == '\n'))
    i++;
  if (i < size && text[i] != '(')
    return size;
  for (; i < size; i++)
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && text[i] == '(')
      depth++;
    else if (!quoted && text[i] == ')' && --depth == 0)
      return i + 1;
  return 0;
}
