using System.Numerics;
using Attune.Numerics;

namespace Attune.Cohort.Simulation;

/// <summary>
/// Lognormal noise that depends only on seed, member, job and stage: every policy meets the same noise, whatever it did before. Numbers come from hashing the
/// place (SplitMix64's finaliser). Stateless.
/// </summary>
internal static class NoiseSource
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>exp(sigma z) with z standard normal; 1 when sigma is 0. Its median is 1.</summary>
    public static double Factor(double sigma, int seed, int member, long job, int stage) => sigma > 0 ? Math.Exp(sigma * Normal(seed, member, job, stage)) : 1;

    /// <summary>A uniform number from 0 to 1, 0 excluded.</summary>
    public static double Uniform(int seed, int member, long job, int stage) => ToUnit(Hash(seed, member, job, stage));

    private static double Normal(int seed, int member, long job, int stage)
    {
        ulong first = Hash(seed, member, job, stage);
        return NormalDistribution.FromUniform(ToUnit(first), ToUnit(Mix(first + Golden)));
    }

    private static double ToUnit(ulong hash) => ((hash >> 11) + 1) * (1.0 / (1UL << 53));

    private static ulong Hash(int seed, int member, long job, int stage)
    {
        ulong mixed = Mix((ulong)seed + Golden);
        mixed = Mix(mixed ^ BitOperations.RotateLeft((ulong)member + 1, 40) ^ (ulong)job);
        return Mix(mixed + ((ulong)(stage + 1) * Golden));
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
