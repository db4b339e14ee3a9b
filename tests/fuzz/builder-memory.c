/* builder-memory.c -- where the builder's objects are

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   What the product asks for by name is a block of malloc's.  The objects
   themselves, of which an input makes thousands, lie in one ring, each
   with a gap behind it; what is not in use there is poisoned, so that
   AddressSanitizer sees who looks beside an object or at one of an earlier
   input, as it does with malloc's, at a fraction of the time.  */

#include "builder-object.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#if defined __has_feature
# if __has_feature (address_sanitizer)
#  define SANITIZED 1
# endif
#endif
#if defined SANITIZED || defined __SANITIZE_ADDRESS__
# include <sanitizer/asan_interface.h>
#else
# define ASAN_POISON_MEMORY_REGION(bytes, size) ((void) (bytes))
# define ASAN_UNPOISON_MEMORY_REGION(bytes, size) ((void) (bytes))
#endif

/* --- Blocks ------------------------------------------------------------ */

struct block
{
  void *bytes;
  size_t size;
};

static struct block *blocks, permanent[8];
static size_t block_count, block_room, permanent_count;

void *
new_block (size_t size)
{
  if (block_count == block_room)
    {
      block_room = block_room ? 2 * block_room : 256;
      blocks = realloc (blocks, block_room * sizeof *blocks);
      holds (blocks != NULL, "there is memory");
    }
  void *bytes = malloc (size);
  holds (bytes != NULL, "there is memory");
  blocks[block_count++] = (struct block) { bytes, size };
  return bytes;
}

void *
scm_gc_malloc (size_t size, const char *what)
{
  (void) what;
  return memset (new_block (size), 0, size);
}

void *
scm_gc_malloc_pointerless (size_t size, const char *what)
{
  (void) what;
  return new_block (size);
}

/* Of all objects only a pointer to a block is kept for ever: the block.  */
SCM
scm_permanent_object (SCM object)
{
  void *bytes = of_type (object, POINTER)->bytes;

  for (size_t i = block_count; i-- > 0;)
    if (blocks[i].bytes == bytes)
      {
        holds (permanent_count < 8, "few blocks live for ever");
        permanent[permanent_count++] = blocks[i];
        blocks[i] = blocks[--block_count];
        return object;
      }
  holds (false, "what lives for ever is a block");
  return object;
}

static void
forget_blocks (void)
{
  while (block_count > 0)
    free (blocks[--block_count].bytes);
  for (size_t i = 0; i < permanent_count; i++)
    memset (permanent[i].bytes, 0, permanent[i].size);
}

/* --- The ring ---------------------------------------------------------- */

/* An input has at least half of it.  */
enum { RING_BYTES = 1 << 23, GAP = 16 };

static alignas (GAP) uint8_t ring[RING_BYTES];
static size_t ring_begin, ring_end;

void *
new_bytes (size_t size)
{
  size_t room = (size + GAP - 1) / GAP * GAP + GAP;
  uint8_t *bytes = ring + ring_end;

  if (ring_end == 0)
    ASAN_POISON_MEMORY_REGION (ring, sizeof ring);
  holds (room <= sizeof ring - ring_end, "the ring has room");
  ring_end += room;
  ASAN_UNPOISON_MEMORY_REGION (bytes, size);
  return bytes;
}

static void
forget_ring (void)
{
  ASAN_POISON_MEMORY_REGION (ring + ring_begin, ring_end - ring_begin);
  if (ring_end > sizeof ring / 2)
    ring_end = 0;
  ring_begin = ring_end;
}

/* --- Both -------------------------------------------------------------- */

SCM
new_object (enum type type)
{
  SCM object = new_bytes (sizeof *object);

  memset (object, 0, sizeof *object);
  object->type = type;
  return object;
}

void
builder_forget (void)
{
  forget_blocks ();
  forget_ring ();
  forget_symbols ();
}
