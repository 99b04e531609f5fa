/* The phone part of a hotline in C: what the loop of hotline_sim.kernel is measured against.
 *
 * It knows what the phone-only scenarios of benchmarks/work.py need, and no more: one voice
 * channel with or without lines, teams that serve it at once in the order of the file, agents
 * with a speed, patience, and a further contact after any ending. No chats, messages, outbound
 * calls, overflow or promotion. The order within one instant is that of both engines:
 * ends, goes off, comes on, arrives (in the order of cases), meet, gives up.
 *
 * Calls are read from the day's columns where they lie, and the log is written into its
 * columns at once. At the end of a stretch the contacts under way get a copy of their own of
 * the calls that may still follow, so that the columns can be let go.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWERED, ABANDONED, BLOCKED, CONTAINED, UNREACHED, OPEN };
enum { NOBODY = -1 };
enum { NOT_ASKED = -1, NEVER = -2 }; /* where a contact's patience is, if not in the heap */
static const double TICKS_PER_S = 1024.0;

typedef struct { /* hotline_sim.domain.Calls, the columns a phone needs */
    int64_t rows, ways; /* ways: how many endings may lead anywhere */
    const int64_t *case_number, *channel;
    const double *talk_s, *wrap_up_s, *patience_s;
    const uint8_t *contained;
    const double *order_s;
    const int64_t *department;
    const double *mood, *rating;
    const int64_t *endings;   /* (ways) */
    const int64_t *followers; /* (rows, ways) */
    const double *delays_s;   /* the same */
} Calls;

typedef struct { /* who calls first, and hotline_sim.domain.Duty */
    int64_t cases;
    const int64_t *first_contact;
    const double *first_arrival_s;
    int64_t stints;
    const int64_t *seat;
    const double *on_s, *off_s, *speed;
} Day;

typedef struct { /* hotline_sim.domain.ContactLog */
    int64_t rows, written;
    int64_t *whole; /* (11, rows): case, channel, k, outcome, team, seat, next, after, ... */
    double *times;  /* (8, rows): born, arrival, start, end, done, order, ... */
} Log;

typedef struct {
    double at_s;
    int32_t tie, who;
} Moment;

typedef struct {
    int32_t count, most;
    Moment *moments; /* a binary heap, the soonest first */
} Heap;

typedef struct {
    const Calls *calls; /* today's, or the contact's own copy */
    double arrival_s, born_s;
    int32_t row, k, after, failed, answered_before;
    int32_t before, behind; /* in line; `behind` also chains the empty places */
    int32_t place;          /* in the heap of those who will give up */
} Contact;

typedef struct {
    double since_s, speed;
    int32_t team, before, behind; /* among the free agents of the team */
    bool on_duty, busy;
} Agent;

typedef struct {
    int32_t first, last; /* free agents, the one longest idle first */
} Team;

typedef struct {
    Calls today;
    Day day;
    Log log;
    int64_t next_case, next_stint;
    double now_s;
    int64_t lines; /* NOBODY: as many as callers */
    int32_t teams, waited, waiting, first, last;
    int32_t contacts_made, empty_contact;
    bool meeting_due;
    int64_t kept; /* rows of the contacts' own copies */
    Heap ends, goes_off, coming, gives_up, talks;
    Contact *contacts;
    Agent *agents;
    Team *team;
    int32_t *rows; /* of a case, while it is copied */
    int64_t rows_most;
} Hotline;

static void *resized(void *old, size_t bytes)
{
    void *block = realloc(old, bytes ? bytes : 1);
    if (block == NULL)
        abort();
    return block;
}

/* Moments ------------------------------------------------------------------------------ */

static void make_room(Heap *heap, int64_t more)
{
    if (heap->count + more > heap->most) {
        heap->most = (int32_t)(2 * (heap->count + more));
        heap->moments = resized(heap->moments, (size_t)heap->most * sizeof(Moment));
    }
}

static inline double soonest_s(const Heap *heap)
{
    return heap->count > 0 ? heap->moments[0].at_s : INFINITY;
}

static inline double sooner(double one_s, double other_s)
{
    return one_s < other_s ? one_s : other_s;
}

static inline bool goes_first(double at_s, int64_t tie, const Moment *than)
{
    return (at_s < than->at_s) | ((at_s == than->at_s) & (tie < than->tie));
}

/* Put a moment into its place; contacts who wait are told where. */
static inline void put(Heap *heap, Contact *told, int32_t place, Moment moment)
{
    heap->moments[place] = moment;
    if (told != NULL)
        told[moment.who].place = place;
}

static inline void rise(Heap *heap, Contact *told, int32_t place, Moment moment)
{
    while (place > 0) {
        int32_t above = (place - 1) >> 1;
        if (!goes_first(moment.at_s, moment.tie, &heap->moments[above]))
            break;
        put(heap, told, place, heap->moments[above]);
        place = above;
    }
    put(heap, told, place, moment);
}

static inline void add(Heap *heap, Contact *told, double at_s, int32_t tie, int32_t who)
{
    rise(heap, told, heap->count++, (Moment){at_s, tie, who});
}

/* Take a moment out: the hole goes down to a leaf, the last moment up from there. */
static inline int32_t take(Heap *heap, Contact *told, int32_t place)
{
    Moment *moments = heap->moments;
    int32_t who = moments[place].who, count = --heap->count;
    if (place == count)
        return who;
    Moment last = moments[count];
    int32_t below;
    while ((below = 2 * place + 1) < count) {
        if (below + 1 < count)
            below += goes_first(moments[below + 1].at_s, moments[below + 1].tie, &moments[below]);
        put(heap, told, place, moments[below]);
        place = below;
    }
    rise(heap, told, place, last);
    return who;
}

/* Contacts ----------------------------------------------------------------------------- */

static inline int32_t new_contact(Hotline *h)
{
    int32_t who = h->empty_contact;
    if (who == NOBODY)
        return h->contacts_made++;
    h->empty_contact = h->contacts[who].behind;
    return who;
}

static inline void forget_contact(Hotline *h, int32_t who)
{
    h->contacts[who].behind = h->empty_contact;
    h->empty_contact = who;
}

/* Write a contact down. */
static inline void writes(Hotline *h, const Contact *c, int outcome, int64_t following,
                          double start_s, double end_s, double done_s, int64_t team, int64_t seat)
{
    const Calls *calls = c->calls;
    int64_t i = c->row, rows = h->log.rows;
    int64_t *whole = h->log.whole + h->log.written;
    double *times = h->log.times + h->log.written;
    h->log.written++;
    whole[0] = calls->case_number[i];
    whole[1 * rows] = calls->channel[i];
    whole[2 * rows] = c->k;
    whole[3 * rows] = outcome;
    whole[4 * rows] = team;
    whole[5 * rows] = seat;
    whole[6 * rows] = following == NOBODY ? NOBODY : calls->channel[following];
    whole[7 * rows] = c->after;
    whole[8 * rows] = c->failed;
    whole[9 * rows] = c->answered_before;
    whole[10 * rows] = outcome == ANSWERED ? calls->department[i] : NOBODY;
    times[0] = c->born_s;
    times[1 * rows] = c->arrival_s;
    times[2 * rows] = start_s;
    times[3 * rows] = end_s;
    times[4 * rows] = done_s;
    times[5 * rows] = outcome == ANSWERED ? calls->order_s[i] : NAN;
    times[6 * rows] = calls->mood[i];
    times[7 * rows] = calls->rating[i];
}

/* Settle a contact: write it down, and let the case go on, in the same place, or end. */
static inline void settle(Hotline *h, int32_t who, int outcome, double start_s, double end_s,
                          double done_s, int64_t team, int64_t seat)
{
    Contact *c = &h->contacts[who];
    const Calls *calls = c->calls;
    int64_t way = 0;
    while (way < calls->ways && calls->endings[way] != outcome)
        way++;
    int64_t cell = c->row * calls->ways + way;
    int64_t following = way < calls->ways ? calls->followers[cell] : NOBODY;
    writes(h, c, outcome, following, start_s, end_s, done_s, team, seat);
    if (following == NOBODY) {
        if (calls != &h->today) {
            h->kept -= calls->rows;
            free((void *)calls);
        }
        forget_contact(h, who);
        return;
    }
    c->row = (int32_t)following;
    c->arrival_s = end_s + calls->delays_s[cell];
    c->k++;
    c->after = outcome;
    c->failed += outcome == ABANDONED || outcome == BLOCKED;
    c->answered_before += outcome == ANSWERED;
    add(&h->coming, NULL, c->arrival_s, (int32_t)calls->case_number[following], who);
}

/* The line ----------------------------------------------------------------------------- */

static inline void join(Hotline *h, int32_t who)
{
    Contact *c = &h->contacts[who];
    c->place = NOT_ASKED;
    c->before = h->last;
    c->behind = NOBODY;
    if (h->last == NOBODY)
        h->first = who;
    else
        h->contacts[h->last].behind = who;
    h->last = who;
    h->waiting++;
}

static inline void leave(Hotline *h, int32_t who)
{
    const Contact *c = &h->contacts[who];
    if (c->before == NOBODY)
        h->first = c->behind;
    else
        h->contacts[c->before].behind = c->behind;
    if (c->behind == NOBODY)
        h->last = c->before;
    else
        h->contacts[c->behind].before = c->before;
    h->waiting--;
}

static void free_lines(Hotline *h)
{
    while (soonest_s(&h->talks) <= h->now_s)
        take(&h->talks, NULL, 0);
}

static inline bool has_line(Hotline *h)
{
    if (h->lines == NOBODY)
        return true;
    free_lines(h);
    return h->talks.count + h->waiting < h->lines;
}

static inline void hold_line_until(Hotline *h, double end_s)
{
    if (h->lines == NOBODY)
        return;
    free_lines(h); /* so that there are never more talks than agents, but for this one */
    add(&h->talks, NULL, end_s, 0, 0);
}

/* Agents ------------------------------------------------------------------------------- */

static inline void is_free(Hotline *h, int32_t seat)
{
    Agent *agents = h->agents, *agent = &agents[seat];
    Team *team = &h->team[agent->team];
    int32_t before = team->last, behind = NOBODY;
    while (before > seat && agents[before].since_s == agent->since_s) {
        behind = before;
        before = agents[before].before;
    }
    agent->before = before;
    agent->behind = behind;
    *(before == NOBODY ? &team->first : &agents[before].behind) = seat;
    *(behind == NOBODY ? &team->last : &agents[behind].before) = seat;
}

static inline void is_not_free(Hotline *h, int32_t seat)
{
    Agent *agents = h->agents, *agent = &agents[seat];
    Team *team = &h->team[agent->team];
    *(agent->before == NOBODY ? &team->first : &agents[agent->before].behind) = agent->behind;
    *(agent->behind == NOBODY ? &team->last : &agents[agent->behind].before) = agent->before;
}

static inline double stretched_s(double duration_s, double pace)
{
    if (pace == 1.0)
        return duration_s;
    return floor(duration_s * pace * TICKS_PER_S + 0.5) / TICKS_PER_S;
}

static inline void takes(Hotline *h, int32_t seat, int32_t who)
{
    Agent *agent = &h->agents[seat];
    const Contact *c = &h->contacts[who];
    double end_s = h->now_s + stretched_s(c->calls->talk_s[c->row], agent->speed);
    double done_s = end_s + stretched_s(c->calls->wrap_up_s[c->row], agent->speed);
    leave(h, who);
    if (c->place >= 0)
        take(&h->gives_up, h->contacts, c->place);
    hold_line_until(h, end_s);
    is_not_free(h, seat);
    agent->busy = true;
    add(&h->ends, NULL, done_s, seat, seat);
    settle(h, who, ANSWERED, h->now_s, end_s, done_s, agent->team, seat);
}

static inline void is_done(Hotline *h, int32_t seat)
{
    Agent *agent = &h->agents[seat];
    agent->busy = false;
    agent->since_s = h->now_s;
    if (agent->on_duty) {
        is_free(h, seat);
        h->meeting_due |= h->waiting > 0;
    }
}

static void goes_off(Hotline *h, int32_t seat)
{
    if (!h->agents[seat].busy)
        is_not_free(h, seat);
    h->agents[seat].on_duty = false;
}

static void comes_on(Hotline *h)
{
    int64_t stint = h->next_stint++;
    int32_t seat = (int32_t)h->day.seat[stint];
    Agent *agent = &h->agents[seat];
    agent->speed = h->day.speed[stint];
    agent->on_duty = true;
    agent->since_s = h->now_s;
    if (!agent->busy)
        is_free(h, seat);
    add(&h->goes_off, NULL, h->day.off_s[stint], seat, seat);
    h->meeting_due |= h->waiting > 0;
}

/* An instant --------------------------------------------------------------------------- */

static inline double next_case_s(const Hotline *h)
{
    return h->next_case < h->day.cases ? h->day.first_arrival_s[h->next_case] : INFINITY;
}

static inline double next_stint_s(const Hotline *h)
{
    return h->next_stint < h->day.stints ? h->day.on_s[h->next_stint] : INFINITY;
}

/* Let the next of those due arrive, in the order of cases. */
static inline void arrives(Hotline *h)
{
    double case_s = next_case_s(h);
    int32_t who;
    bool is_new = h->coming.count == 0;
    if (!is_new && case_s <= h->coming.moments[0].at_s) {
        int64_t row = h->day.first_contact[h->next_case];
        is_new = goes_first(case_s, h->today.case_number[row], &h->coming.moments[0]);
    }
    if (is_new) {
        who = new_contact(h);
        h->contacts[who] = (Contact){.calls = &h->today,
                                     .arrival_s = case_s,
                                     .born_s = case_s,
                                     .k = 1,
                                     .row = (int32_t)h->day.first_contact[h->next_case++],
                                     .after = NOBODY};
    } else {
        who = take(&h->coming, NULL, 0);
    }
    const Contact *c = &h->contacts[who];
    if (c->calls->contained[c->row]) {
        settle(h, who, CONTAINED, NAN, h->now_s, NAN, NOBODY, NOBODY);
    } else if (has_line(h)) {
        join(h, who);
        h->meeting_due = true;
    } else {
        settle(h, who, BLOCKED, NAN, h->now_s, NAN, NOBODY, NOBODY);
    }
}

/* Bring waiting contacts and free agents together; who stays in line begins to be patient. */
static inline void meet(Hotline *h)
{
    h->meeting_due = false;
    for (int32_t t = 0; t < h->teams; t++)
        while (h->waiting > 0 && h->team[t].first != NOBODY)
            takes(h, h->team[t].first, h->first);
    int32_t first = NOBODY;
    for (int32_t who = h->last; who != NOBODY && h->contacts[who].place == NOT_ASKED;
         who = h->contacts[who].before)
        first = who;
    for (int32_t who = first; who != NOBODY; who = h->contacts[who].behind) {
        Contact *c = &h->contacts[who];
        double patience_s = c->calls->patience_s[c->row];
        c->place = NEVER;
        if (patience_s < INFINITY)
            add(&h->gives_up, h->contacts, h->now_s + patience_s, h->waited++, who);
    }
}

static inline void gives_up(Hotline *h)
{
    int32_t who = take(&h->gives_up, h->contacts, 0);
    leave(h, who);
    settle(h, who, ABANDONED, NAN, h->now_s, NAN, NOBODY, NOBODY);
}

/* From day to day ---------------------------------------------------------------------- */

/* Give a contact under way a copy of the calls its case may still come to. */
static void keep(Hotline *h, Contact *contact)
{
    const Calls *today = &h->today;
    if (contact->calls != today)
        return;
    int32_t n = 1;
    h->rows[0] = contact->row;
    for (int32_t i = 0; i < n; i++) /* several endings may lead to the same row */
        for (int64_t w = 0; w < today->ways; w++) {
            int64_t row = today->followers[h->rows[i] * today->ways + w];
            bool known = row == NOBODY;
            for (int32_t j = i + 1; j < n && !known; j++)
                known = h->rows[j] == row;
            if (!known)
                h->rows[n++] = (int32_t)row;
        }
    size_t ways = (size_t)today->ways, cells = (size_t)n * ways;
    size_t words = ways + 9 * (size_t)n + 2 * cells;
    Calls *copy = resized(NULL, sizeof(Calls) + 8 * words + (size_t)n);
    int64_t *endings = (int64_t *)(copy + 1), *whole = endings + ways;
    double *times = (double *)(whole + 3 * n + cells);
    uint8_t *flags = (uint8_t *)(times + 6 * n + cells);
    *copy = (Calls){n, today->ways, whole, whole + n, times, times + n, times + 2 * n, flags,
                    times + 3 * n, whole + 2 * n, times + 4 * n, times + 5 * n, endings,
                    whole + 3 * n, times + 6 * n};
    memcpy(endings, today->endings, ways * sizeof *endings);
    for (int32_t i = 0; i < n; i++) {
        int32_t row = h->rows[i];
        whole[i] = today->case_number[row];
        whole[n + i] = today->channel[row];
        whole[2 * n + i] = today->department[row];
        times[i] = today->talk_s[row];
        times[n + i] = today->wrap_up_s[row];
        times[2 * n + i] = today->patience_s[row];
        times[3 * n + i] = today->order_s[row];
        times[4 * n + i] = today->mood[row];
        times[5 * n + i] = today->rating[row];
        flags[i] = today->contained[row];
        for (int64_t w = 0; w < today->ways; w++) {
            int64_t cell = row * today->ways + w, following = today->followers[cell];
            int32_t j = NOBODY;
            if (following != NOBODY)
                for (j = i + 1; h->rows[j] != following; j++)
                    ;
            whole[3 * n + i * today->ways + w] = j;
            times[6 * n + i * today->ways + w] = today->delays_s[cell];
        }
    }
    contact->calls = copy;
    contact->row = 0;
    h->kept += n;
}

static void keep_all(Hotline *h)
{
    for (int32_t i = 0; i < h->coming.count; i++)
        keep(h, &h->contacts[h->coming.moments[i].who]);
    for (int32_t who = h->first; who != NOBODY; who = h->contacts[who].behind)
        keep(h, &h->contacts[who]);
}

Hotline *open_hotline(const int64_t *team_of_seat, int64_t seats, int64_t teams, int64_t lines)
{
    Hotline *h = resized(NULL, sizeof(Hotline));
    *h = (Hotline){.lines = lines, .teams = (int32_t)teams};
    h->first = h->last = h->empty_contact = NOBODY;
    h->agents = resized(NULL, (size_t)seats * sizeof(Agent));
    h->team = resized(NULL, (size_t)teams * sizeof(Team));
    for (int64_t i = 0; i < seats; i++)
        h->agents[i] = (Agent){.speed = 1.0, .team = (int32_t)team_of_seat[i]};
    for (int64_t i = 0; i < teams; i++)
        h->team[i] = (Team){NOBODY, NOBODY};
    make_room(&h->ends, seats);
    make_room(&h->talks, seats + 1);
    return h;
}

/* Return how many rows the log of a further day can have at most. */
int64_t most_settled(const Hotline *h, int64_t rows)
{
    return rows + h->kept;
}

/* Play until midnight, and return how many rows of the log were written. */
int64_t play(Hotline *h, const Calls *calls, const Day *day, const Log *log, double until_s)
{
    h->today = *calls;
    h->day = *day;
    h->log = *log;
    h->next_case = h->next_stint = 0;
    int64_t under_way = h->coming.count + h->waiting + day->cases;
    make_room(&h->coming, under_way);
    make_room(&h->gives_up, under_way);
    make_room(&h->goes_off, day->stints);
    h->contacts = resized(h->contacts,
                          (size_t)(h->contacts_made + day->cases) * sizeof(Contact));
    if (calls->rows > h->rows_most) {
        h->rows_most = calls->rows;
        h->rows = resized(h->rows, (size_t)h->rows_most * sizeof(int32_t));
    }
    for (;;) {
        double ends_s = soonest_s(&h->ends), goes_off_s = soonest_s(&h->goes_off);
        double comes_on_s = next_stint_s(h), gives_up_s = soonest_s(&h->gives_up);
        double arrives_s = sooner(next_case_s(h), soonest_s(&h->coming));
        double now_s = sooner(sooner(ends_s, arrives_s), sooner(goes_off_s, comes_on_s));
        now_s = sooner(now_s, gives_up_s);
        if (now_s >= until_s)
            break;
        h->now_s = now_s;
        while (soonest_s(&h->ends) == now_s)
            is_done(h, take(&h->ends, NULL, 0));
        while (soonest_s(&h->goes_off) == now_s)
            goes_off(h, take(&h->goes_off, NULL, 0));
        while (next_stint_s(h) == now_s)
            comes_on(h);
        while (next_case_s(h) == now_s || soonest_s(&h->coming) == now_s)
            arrives(h);
        if (h->meeting_due)
            meet(h); /* a call may end as it begins, before anybody gives up */
        else if (gives_up_s == now_s)
            gives_up(h);
    }
    keep_all(h);
    return h->log.written;
}

/* Write down who is still waiting, and return how many rows of the log were written. */
int64_t play_out(Hotline *h, const Log *log)
{
    h->log = *log;
    for (int32_t who = h->first; who != NOBODY; who = h->contacts[who].behind)
        writes(h, &h->contacts[who], OPEN, NOBODY, NAN, NAN, NAN, NOBODY, NOBODY);
    return h->log.written;
}

void close_hotline(Hotline *h)
{
    for (int32_t i = 0; i < h->coming.count; i++)
        free((void *)h->contacts[h->coming.moments[i].who].calls);
    for (int32_t who = h->first; who != NOBODY; who = h->contacts[who].behind)
        free((void *)h->contacts[who].calls);
    Heap *heaps[] = {&h->ends, &h->goes_off, &h->coming, &h->gives_up, &h->talks};
    for (size_t i = 0; i < sizeof heaps / sizeof *heaps; i++)
        free(heaps[i]->moments);
    free(h->contacts);
    free(h->agents);
    free(h->team);
    free(h->rows);
    free(h);
}
