/* The update rules of lrlib in plain C99.
 *
 * Each function makes ONE step: it reads the gradient g, updates
 * the memory of the rule and moves the n parameters theta, in place.
 *
 *   n       number of parameters
 *   theta   parameters
 *   g       gradient of the loss at theta
 *   lr      learning rate of this step
 *
 * The memory (b, s, v, ...) belongs to the caller: arrays of n
 * doubles, 0 before the first step and left alone between steps.
 * `restrict` promises the compiler that the arrays do not overlap.
 */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* SGD, with momentum and Nesterov momentum
 *     b     = momentum * b + g
 *     u     = b                  (nesterov: g + momentum * b)
 *     theta = theta - lr * u
 * momentum = 0 is plain gradient descent. */
void sgd(size_t n, double *restrict theta,
         const double *restrict g, double *restrict b,
         double lr, double momentum, bool nesterov)
{
    for (size_t i = 0; i < n; i++) {
        b[i] = momentum * b[i] + g[i];
        double u = nesterov ? g[i] + momentum * b[i] : b[i];
        theta[i] -= lr * u;
    }
}

/* Adagrad
 *     s     = s + g^2
 *     theta = theta - lr * g / (sqrt(s + eps_root) + eps)
 * Some libraries start s at 0.1, not 0: they call that number
 * initial_accumulator_value. */
void adagrad(size_t n, double *restrict theta,
             const double *restrict g, double *restrict s,
             double lr, double eps, double eps_root)
{
    for (size_t i = 0; i < n; i++) {
        s[i] += g[i] * g[i];
        theta[i] -= lr * g[i] / (sqrt(s[i] + eps_root) + eps);
    }
}

/* RMSprop, with momentum and centering
 *     v     = rho * v + (1 - rho) * g^2
 *     a     = rho * a + (1 - rho) * g      (centered only)
 *     q     = v                            (centered: v - a^2)
 *     b     = momentum * b + g / (sqrt(q + eps_root) + eps)
 *     theta = theta - lr * b
 * a may be NULL where centered is false, b where momentum is 0. */
void rmsprop(size_t n, double *restrict theta,
             const double *restrict g, double *restrict v,
             double *restrict a, double *restrict b,
             double lr, double rho, double eps, double eps_root,
             double momentum, bool centered)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = rho * v[i] + (1 - rho) * g[i] * g[i];
        double q = v[i];
        if (centered) {
            a[i] = rho * a[i] + (1 - rho) * g[i];
            q = v[i] - a[i] * a[i];
            if (q < 0) q = 0;  /* a variance, but for rounding */
        }
        double u = g[i] / (sqrt(q + eps_root) + eps);
        if (b) u = b[i] = momentum * b[i] + u;
        theta[i] -= lr * u;
    }
}

/* Adam and AMSGrad
 *     m     = beta1 * m + (1 - beta1) * g
 *     v     = beta2 * v + (1 - beta2) * g^2
 *     w     = v                (AMSGrad: the largest v so far)
 *     m_hat = m / (1 - beta1^t)          (bias correction)
 *     v_hat = w / (1 - beta2^t)          (bias correction)
 *     theta = theta - lr * m_hat / (sqrt(v_hat + eps_root) + eps)
 * t counts the steps: it is 1 in the first. v_max is NULL for Adam,
 * one more array of n zeros for AMSGrad. */
void adam(size_t n, double *restrict theta,
          const double *restrict g, double *restrict m,
          double *restrict v, double *restrict v_max, double t,
          double lr, double beta1, double beta2, double eps,
          double eps_root, bool bias_correction)
{
    double c1 = bias_correction ? 1 - pow(beta1, t) : 1;
    double c2 = bias_correction ? 1 - pow(beta2, t) : 1;
    for (size_t i = 0; i < n; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
        double w = v[i];
        if (v_max) {
            if (v[i] > v_max[i]) v_max[i] = v[i];
            w = v_max[i];
        }
        double m_hat = m[i] / c1;
        double v_hat = w / c2;
        theta[i] -= lr * m_hat / (sqrt(v_hat + eps_root) + eps);
    }
}

/* Lion
 *     c     = beta1 * m + (1 - beta1) * g
 *     m     = beta2 * m + (1 - beta2) * g
 *     theta = theta - lr * sign(c)
 * Every parameter moves by lr, whatever the size of its gradient. */
void lion(size_t n, double *restrict theta,
          const double *restrict g, double *restrict m,
          double lr, double beta1, double beta2)
{
    for (size_t i = 0; i < n; i++) {
        double c = beta1 * m[i] + (1 - beta1) * g[i];
        m[i] = beta2 * m[i] + (1 - beta2) * g[i];
        theta[i] -= lr * ((c > 0) - (c < 0));
    }
}

/* Schedule-Free, SGD or Adam
 *     v     = beta2 * v + (1 - beta2) * g^2            (adam only)
 *     d     = g      (adam: g / (sqrt(v / (1 - beta2^t)) + eps))
 *     u     = (1 - beta) * d + beta / t * (d - w)
 *     w     = (1 - 1 / t) * (w - d)
 *     theta = theta - lr * u
 * t counts the steps: it is 1 in the first. v may be NULL without
 * adam. lr is constant; keep theta - lr * (1 - beta) * w, the
 * average of the run, as the model. */
void schedule_free(size_t n, double *restrict theta,
                   const double *restrict g, double *restrict w,
                   double *restrict v, double t, double lr,
                   double beta, double beta2, double eps, bool adam)
{
    double c2 = 1 - pow(beta2, t);
    for (size_t i = 0; i < n; i++) {
        double d = g[i];
        if (adam) {
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
            d = g[i] / (sqrt(v[i] / c2) + eps);
        }
        double u = (1 - beta) * d + beta / t * (d - w[i]);
        w[i] = (1 - 1 / t) * (w[i] - d);
        theta[i] -= lr * u;
    }
}
