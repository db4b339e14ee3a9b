/* replay.c -- shows a target its corpus, whatever the compiler

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Usage: corpus-TARGET [FILE]...

   Without a FILE, all of the corpus.  A property that fails stops the
   program behind the line with the name of the file.  */

#include "target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int passed;

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

static void
replay (const char *name)
{
  static uint8_t bytes[1 << 20];
  FILE *file = fopen (name, "rb");

  if (file == NULL)
    fail (name);
  size_t size = fread (bytes, 1, sizeof bytes, file);
  fclose (file);
  printf ("%s\n", name);
  fflush (stdout);
  /* A block that ends where the input ends.  */
  uint8_t *copy = malloc (size);
  if (copy == NULL && size > 0)
    fail ("malloc");
  memcpy (copy, bytes, size);
  LLVMFuzzerTestOneInput (copy, size);
  free (copy);
  passed++;
}

static int
is_input (const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

static void
replay_all (const char *directory)
{
  struct dirent **entries;
  int count = scandir (directory, &entries, is_input, alphasort);

  if (count < 0 || chdir (directory) < 0)
    fail (directory);
  for (int i = 0; i < count; i++)
    {
      replay (entries[i]->d_name);
      free (entries[i]);
    }
  free (entries);
}

int
main (int argc, char **argv)
{
  const char *source = getenv ("abs_top_srcdir");
  char directory[4096];

  for (int i = 1; i < argc; i++)
    replay (argv[i]);
  if (argc == 1)
    {
      snprintf (directory, sizeof directory, "%s/tests/fuzz/corpus/%s",
                source ? source : ".", fuzz_target);
      replay_all (directory);
    }
  printf ("corpus of %s: %d passed, 0 failed\n", fuzz_target, passed);
  return passed == 0;
}
