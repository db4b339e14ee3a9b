/* libguile.h -- the few names of libguile's that data are made with

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Found in place of the real one when the reader and the printer of data
   are built for fuzzing.  Their source is what the product has; only who
   builds the objects differs.  This builder trusts nobody: it stops the
   program at an object of another type, an index that is too large, bytes
   that are no UTF-8 or a character that is none, where Guile would raise
   or break.  Each object has poisoned memory around it, so that
   AddressSanitizer sees who looks beside it, and builder_forget poisons
   them all.  */

#ifndef LIBGUILE_H
#define LIBGUILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct object *SCM;
typedef uintptr_t scm_t_bits;
typedef int64_t scm_t_inum;

#define SCM_NORETURN __attribute__ ((noreturn))
#define SCM_UNDEFINED ((SCM) NULL)
#define SCM_UNPACK(x) ((scm_t_bits) (x))
#define scm_is_eq(a, b) ((a) == (b))

/* --- What is always there ---------------------------------------------- */

extern struct object builder_empty, builder_false, builder_true;
extern struct object builder_zero;
#define SCM_EOL (&builder_empty)
#define SCM_BOOL_F (&builder_false)
#define SCM_BOOL_T (&builder_true)
#define SCM_INUM0 (&builder_zero)
#define scm_is_null(x) scm_is_eq (x, SCM_EOL)
#define scm_is_true(x) (!scm_is_eq (x, SCM_BOOL_F))

/* --- Pairs and vectors ------------------------------------------------- */

SCM scm_cons (SCM car, SCM cdr);
SCM *builder_car (SCM pair);
SCM *builder_cdr (SCM pair);
#define SCM_CAR(x) (*builder_car (x))
#define SCM_CDR(x) (*builder_cdr (x))
#define SCM_SETCDR(x, y) (*builder_cdr (x) = (y))
#define SCM_CADR(x) SCM_CAR (SCM_CDR (x))
#define SCM_CADDR(x) SCM_CADR (SCM_CDR (x))
#define SCM_CADDDR(x) SCM_CADDR (SCM_CDR (x))
bool scm_is_pair (SCM x);
long scm_ilength (SCM list);
SCM scm_list_2 (SCM a, SCM b);
SCM scm_list_4 (SCM a, SCM b, SCM c, SCM d);
SCM scm_reverse_x (SCM list, SCM tail);

SCM scm_vector (SCM list);
bool scm_is_vector (SCM x);
size_t builder_vector_length (SCM vector);
SCM builder_vector_ref (SCM vector, size_t index);
#define SCM_SIMPLE_VECTOR_LENGTH builder_vector_length
#define SCM_SIMPLE_VECTOR_REF builder_vector_ref

/* --- Text -------------------------------------------------------------- */

SCM scm_from_utf8_symbol (const char *name);
SCM scm_from_utf8_symboln (const char *name, size_t size);
SCM scm_symbol_to_string (SCM symbol);
SCM scm_string_to_symbol (SCM string);
size_t scm_c_symbol_length (SCM symbol);
bool scm_is_symbol (SCM x);

SCM scm_from_utf8_stringn (const char *text, size_t size);
SCM scm_from_latin1_stringn (const char *text, size_t size);
char *scm_to_utf8_stringn (SCM string, size_t *size);
size_t scm_c_string_length (SCM string);
SCM scm_c_string_ref (SCM string, size_t index);
bool scm_is_string (SCM x);

SCM scm_c_make_bytevector (size_t size);
size_t scm_c_bytevector_length (SCM bytevector);
char *builder_bytevector_contents (SCM bytevector);
#define SCM_BYTEVECTOR_CONTENTS builder_bytevector_contents
#define scm_remember_upto_here_1(x) ((void) (x))

SCM builder_character (uint32_t character);
uint32_t builder_code_point (SCM character);
bool builder_is_character (SCM x);
#define SCM_MAKE_CHAR builder_character
#define SCM_CHAR builder_code_point
#define SCM_CHARP builder_is_character

/* --- Numbers ----------------------------------------------------------- */

SCM scm_from_int64 (int64_t value);
SCM scm_from_double (double value);
SCM scm_sum (SCM a, SCM b);
SCM scm_product (SCM a, SCM b);
SCM scm_divide (SCM a, SCM b);
SCM scm_numerator (SCM rational);
SCM scm_denominator (SCM rational);
SCM scm_integer_length (SCM integer);
SCM scm_inexact_p (SCM number);
SCM scm_number_to_string (SCM number, SCM radix);
double scm_to_double (SCM number);
size_t scm_to_size_t (SCM integer);
bool scm_is_number (SCM x);
bool scm_is_real (SCM x);
bool builder_is_fixnum (SCM x);
scm_t_inum builder_fixnum (SCM x);
#define SCM_I_INUMP builder_is_fixnum
#define SCM_I_INUM builder_fixnum

/* --- Memory ------------------------------------------------------------ */

void *scm_gc_malloc (size_t size, const char *what);
void *scm_gc_malloc_pointerless (size_t size, const char *what);
SCM scm_from_pointer (void *pointer, void (*finalize) (void *));
SCM scm_permanent_object (SCM object);

#endif /* LIBGUILE_H */
