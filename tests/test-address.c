/* test-address.c -- an address is the same as number and as text

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "address.h"

#define LENGTH(array) (sizeof (array) / sizeof (array)[0])

static void
assert_text (const struct sockaddr_storage *address, const char *text)
{
  char found[ADDRESS_TEXT_BYTES];

  address_format ((const struct sockaddr *) address, found);
  assert_string_equal (found, text);
}

static const struct
{
  const char *text, *shown;
  int family;
}
addresses[] =
{
  { "127.0.0.1", "127.0.0.1", AF_INET },
  { "0.0.0.0", "0.0.0.0", AF_INET },
  { "255.255.255.255", "255.255.255.255", AF_INET },
  { "192.168.1.7", "192.168.1.7", AF_INET },
  { "::", "::", AF_INET6 },
  { "::1", "::1", AF_INET6 },
  { "2001:DB8:0:0::7", "2001:db8::7", AF_INET6 },
  { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", AF_INET6 },
  { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", AF_INET6 },
  { "::ffff:192.168.1.7", "192.168.1.7", AF_INET6 },
  { "::ffff:7f00:1", "127.0.0.1", AF_INET6 }
};

static void
an_address_is_shown_as_everyone_knows_it (void **state)
{
  for (size_t i = 0; i < LENGTH (addresses); i++)
    {
      struct sockaddr_storage address;

      assert_int_equal (address_parse (addresses[i].text, 1, &address), 0);
      assert_int_equal (address.ss_family, addresses[i].family);
      assert_text (&address, addresses[i].shown);
    }
  (void) state;
}

static void
what_is_shown_is_read_as_the_same (void **state)
{
  for (size_t i = 0; i < LENGTH (addresses); i++)
    {
      struct sockaddr_storage address;

      assert_int_equal (address_parse (addresses[i].shown, 1, &address), 0);
      assert_text (&address, addresses[i].shown);
    }
  (void) state;
}

static void
a_port_comes_back_as_it_was_given (void **state)
{
  static const int ports[] = { 0, 1, 80, 256, 41234, 65535 };

  for (size_t i = 0; i < LENGTH (ports); i++)
    for (size_t j = 0; j < LENGTH (addresses); j++)
      {
        struct sockaddr_storage address;

        assert_int_equal (address_parse (addresses[j].text, ports[i],
                                         &address), 0);
        assert_int_equal (address_port ((struct sockaddr *) &address),
                          ports[i]);
      }
  (void) state;
}

static void
what_is_no_numeric_address_is_refused (void **state)
{
  static const char *const texts[] =
  {
    "", " ", "localhost", "alice", "1", "127.1", "127.0.0", "127.0.0.256",
    "127.0.0.1.1", "127.0.0.1 ", " 127.0.0.1", "127.0.0.1:80", "-1.0.0.0",
    "0x7f.0.0.1", ":", ":::", "1::2::3", "[::1]", "::1 ", "::g", "12345::",
    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::ffff:1.2.3", "127.0.0.1%lo",
    "%lo", "\xc3\xa9",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
  };

  for (size_t i = 0; i < LENGTH (texts); i++)
    {
      struct sockaddr_storage address;

      if (address_parse (texts[i], 1, &address) != -EINVAL)
        print_message ("row %zu: %s\n", i, texts[i]);
      assert_int_equal (address_parse (texts[i], 1, &address), -EINVAL);
    }
  (void) state;
}

static void
the_length_is_that_of_the_family (void **state)
{
  struct sockaddr_storage address;

  assert_int_equal (address_parse ("127.0.0.1", 1, &address), 0);
  assert_int_equal (address_length (&address), sizeof (struct sockaddr_in));
  assert_int_equal (address_parse ("::1", 1, &address), 0);
  assert_int_equal (address_length (&address),
                    sizeof (struct sockaddr_in6));
  (void) state;
}

static void
nothing_of_the_former_content_remains (void **state)
{
  struct sockaddr_storage clean, dirty;

  for (size_t i = 0; i < LENGTH (addresses); i++)
    {
      memset (&clean, 0, sizeof clean);
      memset (&dirty, 0xff, sizeof dirty);
      assert_int_equal (address_parse (addresses[i].text, 7, &clean), 0);
      assert_int_equal (address_parse (addresses[i].text, 7, &dirty), 0);
      assert_memory_equal (&clean, &dirty, address_length (&clean));
    }
  (void) state;
}

static void
a_scope_chooses_the_interface (void **state)
{
  char name[IF_NAMESIZE], text[ADDRESS_TEXT_BYTES] = "fe80::1%";
  struct sockaddr_storage address;

  if (if_indextoname (1, name) == NULL)
    skip ();
  strcat (text, name);
  assert_int_equal (address_parse (text, 1, &address), 0);
  assert_int_equal (((struct sockaddr_in6 *) &address)->sin6_scope_id, 1);
  assert_text (&address, text);
  (void) state;
}

static void
a_scope_without_a_name_is_shown_as_its_number (void **state)
{
  struct sockaddr_storage address;

  assert_int_equal (address_parse ("fe80::1", 1, &address), 0);
  ((struct sockaddr_in6 *) &address)->sin6_scope_id = 4294967295u;
  assert_text (&address, "fe80::1%4294967295");
  (void) state;
}

static void
look_for_loopback (const char *name, const char *text, bool internal,
                   void *found)
{
  struct sockaddr_storage address;

  assert_true (strlen (name) > 0);
  assert_int_equal (address_parse (text, 1, &address), 0);
  if (strcmp (text, "127.0.0.1") == 0)
    {
      assert_true (internal);
      *(bool *) found = true;
    }
}

static void
loopback_is_among_the_interfaces (void **state)
{
  bool found = false;

  assert_int_equal (address_each_interface (look_for_loopback, &found), 0);
  assert_true (found);
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    cmocka_unit_test (an_address_is_shown_as_everyone_knows_it),
    cmocka_unit_test (what_is_shown_is_read_as_the_same),
    cmocka_unit_test (a_port_comes_back_as_it_was_given),
    cmocka_unit_test (what_is_no_numeric_address_is_refused),
    cmocka_unit_test (the_length_is_that_of_the_family),
    cmocka_unit_test (nothing_of_the_former_content_remains),
    cmocka_unit_test (a_scope_chooses_the_interface),
    cmocka_unit_test (a_scope_without_a_name_is_shown_as_its_number),
    cmocka_unit_test (loopback_is_among_the_interfaces)
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
