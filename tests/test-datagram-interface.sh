#!/bin/sh
# test-datagram-interface.sh --- what is to stay on one interface does
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# In a network of its own, with a second interface that all else would leave
# by, and that counts what does.

build=${abs_top_builddir:-$(cd "$(dirname "$0")/../build" && pwd)}
script=$(mktemp) || exit 99
trap 'rm -f "$script"' EXIT

if ! unshare --net --map-root-user \
     ip link add other type veth peer name far-end 2>/dev/null; then
  echo "SKIP: this system makes no networks for tests"
  exit 77
fi

cat > "$script" <<'END'
(use-modules (im datagram) (im socket) (ice-9 rdelim) (srfi srfi-1))

(define failed? #f)

(define (check claim holds?)
  (format #t "~a: ~a~%" (if holds? "PASS" "FAIL") claim)
  (unless holds?
    (set! failed? #t)))

(define (sent-by interface)
  "Return how many bytes have left by INTERFACE."
  (define (number-after line)
    (list-ref (map string->number
                   (string-tokenize
                    (substring line (1+ (string-index line #\:)))))
              8))
  (call-with-input-file "/proc/net/dev"
    (lambda (port)
      (let loop ((line (read-line port)))
        (if (string-prefix? interface (string-trim line))
            (number-after line)
            (loop (read-line port)))))))

;; The system says a word now and then itself, but none so long.
(define long (make-string 1000 #\x))

(define (counted interface address host . options)
  "Return how many datagrams leave by INTERFACE when three are sent to HOST."
  (let ((before (sent-by interface))
        (socket (apply make-datagram-socket 0 #:address address
                       #:broadcast? #t options)))
    (do ((i 0 (1+ i))) ((= i 3))
      (send-datagram socket long host 6015))
    (close-datagram-socket socket)
    (quotient (- (sent-by interface) before) (string-length long))))

(define (stays claim . arguments)
  (check (string-append claim " stays on the loopback")
         (equal? '(0 3) (list (apply counted "other" arguments)
                              (apply counted "lo" arguments)))))

(define (leaves claim . arguments)
  (check (string-append claim " leaves by the other interface")
         (= 3 (apply counted "other" arguments))))

(define ipv6?
  (member "fe80::1%other" (map second (interface-addresses))))

;; Without a word the system chooses, and the count can be trusted.
(leaves "a multicast that says nothing" "0.0.0.0" "239.255.60.15")
(when ipv6?
  (leaves "one of IPv6" "::" "ff05::6015"))
(leaves "a datagram to another computer" "0.0.0.0" "10.9.8.2")
(leaves "a broadcast to the other network" "0.0.0.0" "10.9.8.255")
(leaves "one that is told to, by address" "0.0.0.0" "239.255.60.15"
        #:interface "10.9.8.1")
(leaves "by name" "0.0.0.0" "239.255.60.15" #:interface "other")
(leaves "or is bound there" "10.9.8.1" "239.255.60.15")

(stays "a multicast bound to it" "127.0.0.1" "239.255.60.15")
(stays "also if it may cross networks" "127.0.0.1" "239.255.60.15" #:ttl 9)
(stays "and bound to another of its addresses" "127.1.2.3" "239.255.60.15")
(stays "one that is told to, by address" "0.0.0.0" "239.255.60.15"
       #:interface "127.0.0.1")
(stays "by name" "0.0.0.0" "239.255.60.15" #:interface "lo")
(stays "a broadcast to its network" "127.0.0.1" "127.255.255.255")
(stays "one to all, bound to it" "127.0.0.1" "255.255.255.255")

;; Linux sends no multicast of IPv6 by the loopback.
(when ipv6?
  (check "one of IPv6 leaves by the interface it is told and no other"
         (equal? '(0 3) (list (counted "other" "::" "ff05::6015"
                                       #:interface "far-end")
                              (counted "far-end" "::" "ff05::6015"
                                       #:interface "far-end")))))

(define (hears interface address group)
  "Return the text that who joined GROUP on INTERFACE hears, sent there."
  (let* ((receiver (make-datagram-socket 0 #:address address
                                         #:interface interface))
         (sender (make-datagram-socket 0 #:address address
                                       #:interface interface)))
    (join-multicast-group receiver group)
    (send-datagram sender "hello" group (datagram-socket-port receiver))
    (call-with-timeout 5 (lambda ()
                           (datagram-text (receive-datagram receiver)))
                       (const 'nothing))))

(check "a group is heard on the loopback"
       (equal? "hello" (hears "lo" "0.0.0.0" "239.255.60.15")))
(check "and on the other interface"
       (equal? "hello" (hears "other" "0.0.0.0" "239.255.60.15")))
(when ipv6?
  (check "one of IPv6, too"
         (equal? "hello" (hears "other" "::" "ff05::6015")))
  (check "an address of one link names its interface, and leads there"
         (let* ((address "fe80::1%other")
                (receiver (make-datagram-socket 0 #:address address))
                (sender (make-datagram-socket 0 #:address address)))
           (send-datagram sender "hello" address
                          (datagram-socket-port receiver))
           (equal? address (datagram-address
                            (receive-datagram receiver #:timeout 5))))))

(primitive-exit (if failed? 1 0))
END

# (The addresses of IPv6 are taken as free, `nodad', to be there at once.)
# shellcheck disable=SC2016
unshare --net --map-root-user sh -c '
  set -e
  ip link set lo up
  ip link add other type veth peer name far-end
  ip link set far-end up
  ip address add 10.9.7.1/24 dev far-end
  ip link set other arp off up
  ip address add 10.9.8.1/24 broadcast 10.9.8.255 dev other
  ip route add default dev other
  for address in "fe80::1/64 dev other" "fd09::1/64 dev other" \
                 "fe80::2/64 dev far-end"; do
    ip address add $address nodad 2>/dev/null || true
  done
  exec "$@"' sh "$build/pre-inst-env" guile --no-auto-compile "$script"
