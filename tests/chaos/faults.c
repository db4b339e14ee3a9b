/* faults.c -- what a seed has in store for a connection

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "faults.h"
#include "random.h"

/* A handshake has about so many bytes.  */
#define HANDSHAKE_BYTES 80

static void
draw_style (uint64_t *state, struct faults *faults)
{
  switch (random_below (state, 4))
    {
    case 0:                     /* all at once */
      break;
    case 1:                     /* in splinters */
      faults->piece = 1 + random_below (state, 64);
      break;
    case 2:                     /* through a thin pipe */
      faults->piece = 200 + random_below (state, 2000);
      faults->delay = (1 + random_below (state, 5)) / 1e3;
      break;
    case 3:                     /* over a long way */
      faults->delay = (1 + random_below (state, 20)) / 1e3;
      break;
    }
}

static size_t
draw_place (uint64_t *state, size_t spread)
{
  return random_below (state, random_once_in (state, 8) ? HANDSHAKE_BYTES
                       : spread + 1);
}

struct faults
faults_draw (uint64_t seed, int number, size_t spread, bool fatal)
{
  uint64_t state = seed + 0x10001u * (uint64_t) (number + 1);
  struct faults faults = { 0 };

  random_next (&state);
  draw_style (&state, &faults);
  faults.silent_way = random_below (&state, WAYS);
  faults.silent_after = draw_place (&state, spread);
  if (random_once_in (&state, 3))
    faults.silence = (20 + random_below (&state, 280)) / 1e3;
  faults.fate_way = random_below (&state, WAYS);
  faults.fate_after = draw_place (&state, spread);
  if (fatal && !random_once_in (&state, 4))
    faults.fate = random_once_in (&state, 2) ? FATE_CUT : FATE_RESET;
  return faults;
}
