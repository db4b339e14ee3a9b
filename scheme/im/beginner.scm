;;; (im beginner) -- slips, and the sentences that help
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The programs stay a page because what people get wrong is looked for
;;; here.  may-enroll? and may-send? say what is wrong, if anything is.  A
;;; procedure called …-slip returns a sentence, or #f if all is well.

(define-module (im beginner)
  #:use-module (im complaint)
  #:use-module (im names)
  #:use-module (im request)
  #:use-module (im socket)
  #:use-module (im text)
  #:use-module (srfi srfi-1)
  #:export (hint-at-name may-enroll? may-send? why-not-welcome
            quote-address try-to-connect try-to-listen
            print-changes))

(define (text . parts)
  (string-concatenate
   (map (lambda (part) (if (string? part) part (object->string part)))
        parts)))

;;; --- Before ------------------------------------------------------------

(define (hint-at-name name)
  "Print how to choose a name if NAME, from `login-name', only says that nobody
knows any.  Return nothing of use."
  (when (eq? name 'anonymous)
    (print-line "Your name here is anonymous; before you enroll, \
(set! whoiam 'your-name) changes it.")))

;;; --- May they? --------------------------------------------------------

(define (well? slip)
  "Return #t if SLIP is #f; else #f, after printing that sentence."
  (if slip
      (begin (print-line "~a" slip) #f)
      #t))

(define (may-enroll? arguments name enrolled?)
  "Return #t if im-enroll makes sense with ARGUMENTS, a list, for who is called
NAME and is ENROLLED? or not; #f after saying why not."
  (well? (or (enroll-slip arguments)
             (and enrolled? "You are enrolled already; (im-exit) first.")
             (name-slip name))))

(define (may-send? arguments name port)
  "Return #t if im makes sense with ARGUMENTS, a list, for who is called NAME and
enrolled with PORT (#f: nowhere); #f after saying why not."
  (well? (or (im-slip arguments)
             (and (not port)
                  "You are not enrolled; (im-enroll IP PORT) first.")
             (and (same-name? (first arguments) name)
                  "That is your own name; who else is here?")
             (message-slip (second arguments)
                           (send-problem (make-request name (first arguments)
                                                       'send-msg
                                                       (second arguments))
                                         port)))))

(define (why-not-welcome answer name)
  "Return a sentence on ANSWER, a request or #f, that NAME got to a hello instead
of a welcome."
  (cond ((not answer) "No answer from the server in time, or it hung up.")
        ((not (eq? (request-action answer) 'sorry))
         "What answers there is no server of this program.")
        ((string? (request-data answer))
         (text "Sorry: " (harmless (request-data answer)) "."))
        (else
         (text "Sorry: somebody is called " (datum->text name)
               " already.  Choose another name, like"
               " (set! whoiam 'somebody-else)."))))

;;; --- Arguments --------------------------------------------------------

(define (enroll-slip arguments)
  "What is wrong with the arguments of im-enroll."
  (define example "like (im-enroll \"123.45.67.89\" 6543).")
  (if (not (or (= (length arguments) 2) (asks-for-xml? arguments)))
      (text "im-enroll takes the server's address and its port, " example)
      (let ((ip (first arguments)) (port (second arguments)))
        (cond ((not (string? ip))
               (text "The address " (datum->text ip) " needs quotation marks, "
                     example))
              ((string? port)
               (text "The port " (object->string port) " is a number, without quotation \
marks, " example))
              ((not (and (exact-integer? port) (<= 1 port 65535)))
               (text "The port " port " should be a number from 1 to 65535, "
                     example))
              (else #f)))))

(define (asks-for-xml? arguments)
  (and (= (length arguments) 4)
       (equal? (cddr arguments) '(#:protocol xml))))

(define (quote-address expression)
  "Return EXPRESSION, as it was typed; but if it calls im-enroll with an address
that lacks its quotation marks, so that im-enroll can say so: to Guile that is
a variable nobody has defined."
  (let ((datum (syntax->datum expression)))
    (if (and (list? datum)
             (= (length datum) 3)
             (eq? (first datum) 'im-enroll)
             (symbol? (second datum))
             (char-numeric? (string-ref (symbol->string (second datum)) 0)))
        `(im-enroll ',(second datum) ,(third datum))
        expression)))

(define (im-slip arguments)
  "What is wrong with the arguments of im."
  (define example "like (im 'bob \"Hi there\").")
  (cond ((not (= (length arguments) 2))
         (text "im takes a name and one message, " example))
        ((not (or (symbol? (first arguments)) (string? (first arguments))))
         (text "The name " (first arguments)
               " should be a word with a quote, or a string, " example))
        (else #f)))

(define (name-slip name)
  "What is wrong with NAME as one's own."
  (define example "  Choose another with (set! whoiam 'ann).")
  (cond ((not (or (symbol? name) (string? name)))
         (text "whoiam is " name ", which is no name." example))
        ((name-problem name)
         => (lambda (problem)
              (text "You can't be called " name ": " problem "." example)))
        (else #f)))

(define (message-slip message problem)
  "What to say of MESSAGE, which can't be sent because of PROBLEM, if any."
  (and problem (message-sentence message problem)))

(define (message-sentence message problem)
  (text "Can't send "
        (cond ((string? message) (object->string (shortened message)))
              ((or (pair? message) (vector? message))
               "that")                  ; printing it might never end
              (else (shortened (object->string message))))
        ": " problem "."))

(define (shortened printed)
  (if (> (string-length printed) 60)
      (string-append (substring printed 0 57) "...")
      printed))

;;; --- Connecting and listening -----------------------------------------

(define (try-to-connect address)
  "Return a socket connected within ten seconds to ADDRESS, the arguments of
im-enroll; or #f after saying why there is none, and what to look at."
  (catch #t
    (lambda ()
      (let ((socket (make-client-socket (first address) (second address)
                                        #:timeout 10)))
        (when (asks-for-xml? address)
          (speak-xml! (socket-output socket)))
        socket))
    (lambda (key . arguments)
      (when (memq key '(signal quit))
        (apply throw key arguments))
      (print-line "No server there: ~a.  ~a"
                  (if (eq? key 'timeout)
                      "no answer within 10 seconds"
                      (error-sentence key arguments))
                  "Compare address and port with what the server printed; \
(im-diagnose IP PORT) finds out more.")
      #f)))

(define (try-to-listen port address)
  "Return a socket that listens on PORT and ADDRESS (#f: all); or #f after
saying why there is none."
  (catch #t
    (lambda () (make-server-socket port #:address address))
    (lambda (key . arguments)
      (when (memq key '(signal quit))
        (apply throw key arguments))
      (print-line "The server can't listen on port ~a: ~a.  ~a" port
                  (error-sentence key arguments)
                  (listen-advice key (cons key arguments)))
      #f)))

(define (listen-advice key error)
  (let ((errno (and (eq? key 'system-error) (system-error-errno error))))
    (cond ((eqv? errno EADDRINUSE)
           "Another program has it; choose another, or leave it out.")
          ((eqv? errno EACCES)
           "Ports below 1024 are for the system; choose a larger one.")
          ((eqv? errno EADDRNOTAVAIL)
           "That address isn't one of this computer; leave it out.")
          (else "Leave it out, and the system chooses one."))))

;;; --- Who came and went ---------------------------------------------------

(define (print-changes old new me)
  "Print who is in the list of names NEW and not in OLD, and the reverse.  ME
isn't news."
  (for-each (lambda (line) (print-line "~a" line))
            (client-list-changes old new me)))

(define (client-list-changes old new me)
  "Return lines, strings, that say how the list of names NEW differs from OLD,
which is empty when we have just come.  ME isn't news."
  (let ((old (names-in old)) (new (names-in new)))
    (define (those-not-in one other)
      (remove (lambda (name)
                (or (same-name? name me)
                    (any (lambda (there) (same-name? name there)) other)))
              one))
    (if (null? old)
        (let ((others (those-not-in new '())))
          (list (if (null? others)
                    "Nobody else is here yet."
                    (text "Here: " (in-words others) "."))))
        (append (came-or-went (those-not-in new old) "come")
                (came-or-went (those-not-in old new) "left")))))

(define (names-in data)
  "Return the names in DATA, whatever a server sent."
  (if (list? data)
      (filter (lambda (name) (or (symbol? name) (string? name))) data)
      '()))

(define (came-or-went names how)
  (if (null? names)
      '()
      (list (text (in-words names)
                  (if (null? (cdr names)) " has " " have ") how "."))))

(define (in-words names)
  "Return NAMES, oldest first, as text; only how many if they are many."
  (if (> (length names) 12)
      (text (length names) " people")
      (string-join (reverse (map name->text names)) ", ")))
