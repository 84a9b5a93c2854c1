/* A PKCS#11 module that wraps another one and misbehaves on order (tests/card/shim.py writes the orders).
 *
 * Beside the shared object X.so: `X.so.real` names the module to wrap, `X.so.plan` holds the orders, one a line, read
 * at every call:  FUNCTION before|after ACTION [ARGUMENT] [CALL]   (CALL: only the n-th call in this process; 0 = each)
 * and every call is logged as a line `FUNCTION` in `X.so.log`, never its arguments.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long W;
typedef W (*F)(W, W, W, W, W, W, W, W);
typedef struct { unsigned char version[2]; F fn[68]; } LIST;
typedef struct { W type; unsigned char *value; W length; } ATTRIBUTE;

static const char *NAMES[68] = {
    "C_Initialize", "C_Finalize", "C_GetInfo", "C_GetFunctionList", "C_GetSlotList", "C_GetSlotInfo",
    "C_GetTokenInfo", "C_GetMechanismList", "C_GetMechanismInfo", "C_InitToken", "C_InitPIN", "C_SetPIN",
    "C_OpenSession", "C_CloseSession", "C_CloseAllSessions", "C_GetSessionInfo", "C_GetOperationState",
    "C_SetOperationState", "C_Login", "C_Logout", "C_CreateObject", "C_CopyObject", "C_DestroyObject",
    "C_GetObjectSize", "C_GetAttributeValue", "C_SetAttributeValue", "C_FindObjectsInit", "C_FindObjects",
    "C_FindObjectsFinal", "C_EncryptInit", "C_Encrypt", "C_EncryptUpdate", "C_EncryptFinal", "C_DecryptInit",
    "C_Decrypt", "C_DecryptUpdate", "C_DecryptFinal", "C_DigestInit", "C_Digest", "C_DigestUpdate", "C_DigestKey",
    "C_DigestFinal", "C_SignInit", "C_Sign", "C_SignUpdate", "C_SignFinal", "C_SignRecoverInit", "C_SignRecover",
    "C_VerifyInit", "C_Verify", "C_VerifyUpdate", "C_VerifyFinal", "C_VerifyRecoverInit", "C_VerifyRecover",
    "C_DigestEncryptUpdate", "C_DecryptDigestUpdate", "C_SignEncryptUpdate", "C_DecryptVerifyUpdate",
    "C_GenerateKey", "C_GenerateKeyPair", "C_WrapKey", "C_UnwrapKey", "C_DeriveKey", "C_SeedRandom",
    "C_GenerateRandom", "C_GetFunctionStatus", "C_CancelFunction", "C_WaitForSlotEvent"};

static LIST *real, ours;
static char self[4096];
static int calls[68];

static FILE *beside(const char *ending, const char *mode) {
    char path[4200];
    snprintf(path, sizeof path, "%s%s", self, ending);
    return fopen(path, mode);
}

static void noise(void) {
    static const char text[] = "VENDOR NOISE \033[2J\n";
    printf("%s", text);
    fflush(stdout);
    fprintf(stderr, "%s", text);
    for (int fd = 0; fd < 3; fd++)
        if (write(fd, text, sizeof text - 1) < 0) continue;
}

/* A lie about what one call gave back. */
static void lie(const char *kind, W *a, W *number) {
    ATTRIBUTE *template = (ATTRIBUTE *)a[2];
    W wanted, flags;
    if (sscanf(kind, "flags=%lx", &flags) == 1) {                      /* C_GetTokenInfo: add to CK_TOKEN_INFO.flags */
        *(W *)((char *)a[1] + 96) |= flags;
    } else if (sscanf(kind, "without=%lx", &flags) == 1) {             /* and take away */
        *(W *)((char *)a[1] + 96) &= ~flags;
    } else if (!strcmp(kind, "empty")) {                               /* C_GetSlotList: nothing is there */
        *(W *)a[2] = 0;
    } else if (sscanf(kind, "hide=%lx", &wanted) == 1) {               /* C_GetMechanismList: a vendor's instead */
        W *list = (W *)a[1];
        for (W i = 0; list && i < *(W *)a[2]; i++)
            if (list[i] == wanted) list[i] = 0x80000000UL;
    } else if (!strcmp(kind, "short")) {                               /* C_Sign: one byte too few */
        if (a[3] && *number == 0) *(W *)a[4] -= 1;
    } else if (sscanf(kind, "flip=%lx", &wanted) == 1 || sscanf(kind, "unreadable=%lx", &wanted) == 1 ||
               sscanf(kind, "shrink=%lx", &wanted) == 1) {
        for (W i = 0; i < a[3]; i++) {                                 /* C_GetAttributeValue */
            if (template[i].type != wanted) continue;
            if (kind[0] == 'u') { template[i].length = (W)-1; *number = 0x12; }
            else if (kind[0] == 's' && template[i].value && template[i].length) template[i].length -= 1;
            else if (template[i].value && template[i].length && template[i].length != (W)-1)
                template[i].value[template[i].length - 1] ^= 1;
        }
    }
}

/* Carry out the orders for this call and side; whether the real function is to be left out. */
static int obey(int index, const char *side, W *a, W *number) {
    char function[64], when[16], action[32], argument[64], line[256];
    int call, skip = 0;
    FILE *plan = beside(".plan", "re");
    if (!plan) return 0;
    while (fgets(line, sizeof line, plan)) {
        if (sscanf(line, "%63s %15s %31s %63s %d", function, when, action, argument, &call) != 5) continue;
        if (strcmp(function, NAMES[index]) || strcmp(when, side) || (call && call != calls[index])) continue;
        if (!strcmp(action, "crash")) { signal(SIGSEGV, SIG_DFL); *(volatile int *)0 = 1; }
        if (!strcmp(action, "hang")) for (;;) pause();
        if (!strcmp(action, "print")) noise();
        if (!strcmp(action, "kill-parent")) { kill(getppid(), SIGKILL); kill(getpid(), SIGKILL); }
        if (!strcmp(action, "kill-self")) kill(getpid(), SIGKILL);
        if (!strcmp(action, "sleep")) usleep((unsigned)(atof(argument) * 1e6));
        if (!strcmp(action, "logout")) real->fn[19](a[0], 0, 0, 0, 0, 0, 0, 0);   /* as a reset of the card does */
        if (!strcmp(action, "ckr")) { *number = strtoul(argument, NULL, 16); skip = 1; }
        if (!strcmp(action, "lie")) lie(argument, a, number);
        if (!strcmp(action, "type") && !a[2]) {                        /* C_Login: the PIN is typed at the pad */
            static char typed[64];
            strcpy(typed, argument);
            a[2] = (W)typed, a[3] = strlen(typed);
        }
    }
    fclose(plan);
    return skip;
}

static W call(int index, W a, W b, W c, W d, W e, W f, W g, W h) {
    W x[8] = {a, b, c, d, e, f, g, h}, number = 0;
    FILE *log = beside(".log", "ae");
    if (log) { fprintf(log, "%s\n", NAMES[index]); fclose(log); }
    calls[index]++;
    if (!obey(index, "before", x, &number)) number = real->fn[index](x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
    obey(index, "after", x, &number);
    return number;
}

#define W1(n) static W w##n(W a, W b, W c, W d, W e, W f, W g, W h) { return call(n, a, b, c, d, e, f, g, h); }
#define TEN(t) W1(t##0) W1(t##1) W1(t##2) W1(t##3) W1(t##4) W1(t##5) W1(t##6) W1(t##7) W1(t##8) W1(t##9)
W1(0) W1(1) W1(2) W1(3) W1(4) W1(5) W1(6) W1(7) W1(8) W1(9)
TEN(1) TEN(2) TEN(3) TEN(4) TEN(5)
W1(60) W1(61) W1(62) W1(63) W1(64) W1(65) W1(66) W1(67)
#define R1(n) w##n,
#define RTEN(t) R1(t##0) R1(t##1) R1(t##2) R1(t##3) R1(t##4) R1(t##5) R1(t##6) R1(t##7) R1(t##8) R1(t##9)
static const F WRAPPED[68] = {R1(0) R1(1) R1(2) R1(3) R1(4) R1(5) R1(6) R1(7) R1(8) R1(9)
                              RTEN(1) RTEN(2) RTEN(3) RTEN(4) RTEN(5)
                              R1(60) R1(61) R1(62) R1(63) R1(64) R1(65) R1(66) R1(67)};

W C_GetFunctionList(LIST **found) {
    Dl_info info;
    char path[4096] = "";
    if (!real) {
        if (!dladdr((void *)C_GetFunctionList, &info)) return 5;
        snprintf(self, sizeof self, "%s", info.dli_fname);
        FILE *name = beside(".real", "re");
        if (!name || !fgets(path, sizeof path, name)) return 5;
        fclose(name);
        path[strcspn(path, "\n")] = 0;
        void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        W (*get)(LIST **) = module ? (W(*)(LIST **))dlsym(module, "C_GetFunctionList") : NULL;
        if (!get || get(&real)) return 5;
        memcpy(&ours, real, sizeof ours);
        memcpy(ours.fn, WRAPPED, sizeof ours.fn);
    }
    *found = &ours;
    return 0;
}
