using System.Runtime.InteropServices;

namespace Attune.Learning.Networks;

/// <summary>A learning rate that falls along half a cosine to a hundredth (Loshchilov and Hutter, ICLR 2017, without restarts).</summary>
/// <param name="First">Rate of the first step, above 0; 1e-3 to 3e-3 suits small networks.</param>
/// <param name="Steps">Steps in all, above 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CosineRate(double First, int Steps)
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">Counted from 0.</param>
    public double At(int step) => First * (0.01 + (0.99 * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, (double)step / Steps)))));
}
