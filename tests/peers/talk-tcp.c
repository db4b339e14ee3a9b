/* talk-tcp.c -- a client or a server that shares nothing with ours

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   talk-tcp call PORT    connect, send standard input and its end, print
                         what comes, to its end
   talk-tcp vanish PORT  the same, but break the connection after sending
   talk-tcp echo         send everybody back what they send
   talk-tcp tell FILE    send everybody what is in FILE, print what they send

   All of it on 127.0.0.1.  The servers print their port first.  The tests
   of the labs run it.  */

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
check (int ok, const char *what)
{
  if (!ok)
    {
      perror (what);
      exit (1);
    }
}

static struct sockaddr_in
loopback (int port)
{
  struct sockaddr_in address;
  memset (&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  address.sin_port = htons (port);
  return address;
}

static int
connected (int port)
{
  struct sockaddr_in address = loopback (port);
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  check (connect (fd, (struct sockaddr *) &address, sizeof address) == 0,
         "connect");
  return fd;
}

static int
listening (void)
{
  struct sockaddr_in address = loopback (0);
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  check (bind (fd, (struct sockaddr *) &address, sizeof address) == 0
         && listen (fd, 64) == 0
         && getsockname (fd, (struct sockaddr *) &address, &size) == 0,
         "listen");
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

/* Copy what FROM has now to TO.  Return 0 at its end.  */
static int
copy_some (int from, int to)
{
  char bytes[65536];
  ssize_t count = read (from, bytes, sizeof bytes), done = 0;
  while (done < count)
    {
      ssize_t written = write (to, bytes + done, count - done);
      if (written < 0)
        return 0;
      done += written;
    }
  return count > 0;
}

/* Send and receive in two processes, since neither may wait for the other.  */
static void
call (int fd)
{
  pid_t sender = fork ();
  if (sender == 0)
    {
      while (copy_some (0, fd))
        ;
      shutdown (fd, SHUT_WR);
      _exit (0);
    }
  while (copy_some (fd, 1))
    ;
  kill (sender, SIGTERM);               /* it may still wait for input */
}

static void
vanish (int fd)
{
  struct linger reset = { 1, 0 };
  while (copy_some (0, fd))
    ;
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close (fd);
}

/* Serve each client in a process of its own.  */
static void
serve (int listener, const char *file)
{
  for (;;)
    {
      int fd = accept (listener, NULL, NULL);
      check (fd >= 0, "accept");
      if (fork () == 0)
        {
          if (file)
            {
              int in = open (file, O_RDONLY);
              check (in >= 0, file);
              while (copy_some (in, fd))
                ;
            }
          while (copy_some (fd, file ? 1 : fd))
            ;
          _exit (0);
        }
      close (fd);
    }
}

int
main (int argc, char **argv)
{
  const char *way = argc > 1 ? argv[1] : "";
  signal (SIGPIPE, SIG_IGN);
  signal (SIGCHLD, SIG_IGN);
  alarm (60);                           /* none is to stay for ever */
  if (strcmp (way, "call") == 0 && argc == 3)
    call (connected (atoi (argv[2])));
  else if (strcmp (way, "vanish") == 0 && argc == 3)
    vanish (connected (atoi (argv[2])));
  else if (strcmp (way, "echo") == 0)
    serve (listening (), NULL);
  else if (strcmp (way, "tell") == 0 && argc == 3)
    serve (listening (), argv[2]);
  else
    return 2;
  return 0;
}
