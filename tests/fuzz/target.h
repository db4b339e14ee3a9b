/* target.h -- what each fuzz target gives to who runs it

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Either libFuzzer runs a target or replay.c.  */

#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* The target's own directory of the corpus.  */
extern const char fuzz_target[];

/* Stop if a property of the product fails for these bytes; return 0.  */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#endif /* FUZZ_TARGET_H */
