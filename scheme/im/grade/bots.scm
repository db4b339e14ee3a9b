;;; (im grade bots) -- exercise: (im-enroll-bot ip port bot name)
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Both bots live in one program and are enrolled one after the other.  What
;;; a bot is, the file decides: see `bot-expression'.

(define-module (im grade bots)
  #:use-module (im grade exercise)
  #:use-module (im grade link)
  #:use-module (im grade people)
  #:use-module (im grade roles)
  #:use-module (im grade server)
  #:use-module (im grade stage)
  #:use-module (im grade student)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (bots bot-expression))

(define answers 4)                      ; what a grumpy bot that asks is given
(define questions 12)                   ; as many does nobody answer grumpily

;;; --- What happens ---------------------------------------------------------

(define (script files)
  (define file (assq-ref files 'client))
  (match-let (((echo grumpy ann bob) (new-names 4)))
    (note-fact! 'echo echo)
    (note-fact! 'grumpy grumpy)
    (open-stage! files)
    (let ((student (start-student (new-name) file))
          (ann (enroll-person ann (stage-port)))
          (bob (enroll-person bob (stage-port))))
      (enroll-bot student file "echo" echo)
      (note-fact! 'echo-text (ask-bot ann echo (new-text)))
      (note-fact! 'echo-list (ask-bot bob echo '(1 "two" three)))
      (enroll-bot student file "grumpy" grumpy)
      (note-fact! 'grumpy-first (ask-bot ann grumpy (new-text)))
      (note-fact! 'echo-beside (ask-bot ann echo (new-text)))
      (note-fact! 'grumpy-answers (annoy ann grumpy))
      (note-fact! 'echo-lasts (ask-bot bob echo (new-text)))
      (note-fact! 'server-said (after-server-speaks echo)))))

(define (enroll-bot student file kind name)
  (expect-client name)
  (type student `(im-enroll-bot "127.0.0.1" ,(relay-port)
                                ,(bot-expression file kind) ',name))
  (in-step! student)
  (at-rest!))

(define (bot-expression file kind)
  "Return what stands for the bot of KIND, \"echo\" or \"grumpy\", that FILE
defines: for a class KIND-bot an instance, for a procedure make-KIND-bot what it
returns, else the variable KIND-bot.  Whatever a parameter is, it is given a
small number."
  (define bot (string->symbol (string-append kind "-bot")))
  (define maker (symbol-append 'make- bot))
  (or (any (match-lambda
             (('define-class ((? (lambda (name) (eq? name bot))) . parameters)
                . _)
              `(instantiate ,bot ,@(map (const answers) parameters)))
             (('define ((? (lambda (name) (eq? name maker))) . parameters) . _)
              `(,maker ,@(map (const answers) parameters)))
             (_ #f))
           (readable-forms file))
      bot))

(define (ask-bot person bot message)
  "Return MESSAGE and the messages that PERSON then gets from BOT."
  (forget-heard! person)
  (person-tells person bot message)
  (at-rest!)
  (cons message (heard-from person bot)))

(define (annoy person bot)
  "Return for each of many questions how often BOT answers PERSON."
  (map (lambda (question)
         (length (cdr (ask-bot person bot (new-text)))))
       (iota questions)))

(define (after-server-speaks bot)
  "Return what BOT says after a message from the server."
  (said-while bot
              (lambda ()
                (server-tells bot "Please be quiet.")
                (at-rest!))))

;;; --- What is required -----------------------------------------------------

(define (requirements files)
  `(,(enroll-row 'echo 'grumpy)
    ,legal-row
    (echo "the echo bot sends back what it was sent, to who sent it"
          ,(lambda () (echoes 'echo-text)))
    (datum "also when that isn't a string" ,(lambda () (echoes 'echo-list)))
    (grumpy "the grumpy bot answers at first"
            ,(lambda ()
               (if (pair? (cdr (fact 'grumpy-first)))
                   #t
                   (not-met "nothing" "an answer"
                            "grumpy bots answer a limited number of times"))))
    (beside "two bots in one program each answer for themselves"
            ,(lambda () (echoes 'echo-beside)))
    (limited "the grumpy bot stops to answer, and stays silent"
             ,(lambda () (falls-silent (fact 'grumpy-answers))))
    (lasts "the echo bot doesn't stop" ,(lambda () (echoes 'echo-lasts)))
    (server "what the server says isn't answered"
            ,(lambda ()
               (if (null? (fact 'server-said))
                   #t
                   (not-met (requests-text (fact 'server-said)) "nothing"
                            "the server is no person: a bot that answers it \
may never stop"))))))

(define (echoes name)
  (match (fact name)
    ((message answer)
     (if (equal? message answer) #t (no-echo message (list answer))))
    ((message . answers) (no-echo message answers))))

(define (no-echo message answers)
  (not-met (if (null? answers)
               "nothing"
               (string-join (map object->string answers) " "))
           (string-append (object->string message) ", once")
           "an echo bot answers a message with just that message"))

(define (falls-silent counts)
  (let ((silent (drop-while positive? counts)))
    (if (and (pair? silent) (every zero? silent))
        #t
        (not-met (format #f "answers to ~a questions: ~a" (length counts) counts)
                 "none any more, after a few"
                 "grumpy bots answer a limited number of times"))))

(define bots
  (make-exercise 'bots "CLIENT" '(client) 'client script requirements))
