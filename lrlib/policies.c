/* The rates that the error sets, in plain C99: the twins of three
 * policies of lrlib. Each returns the rate of one step.
 *
 *   loss    the loss at theta, before the step
 *   n, g    the gradient of the loss at theta, n numbers
 */
#include <math.h>
#include <stddef.h>

/* The bigger the error, the bigger the rate
 *     lr = k * loss^power */
double error_driven(double loss, double k, double power)
{
    return k * pow(loss, power);
}

/* Polyak's step
 *     lr = (loss - f_min) / |g|^2        at most cap */
double polyak(size_t n, const double *g, double loss,
              double f_min, double cap)
{
    double squared = 0;
    for (size_t i = 0; i < n; i++)
        squared += g[i] * g[i];
    double lr = (loss - f_min) / (squared > 0 ? squared : 1);
    return lr < cap ? lr : cap;
}

/* Bold driver, with undo
 *     trial       the loss after a step at *lr
 *     it falls:   use *lr, then go up
 *     otherwise:  use 0, then go down */
double bold_driver(double *lr, double loss, double trial,
                   double up, double down)
{
    double used = trial < loss ? *lr : 0;
    *lr *= trial < loss ? up : down;
    return used;
}
