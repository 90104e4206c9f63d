namespace Attune.Runtime;

/// <summary>How a model is compiled and run.</summary>
/// <param name="Threads">Threads of an inference, the caller's included; 0 for all processors this process may use.</param>
/// <param name="Lanes">Floats per vector: 4, 8 or 16; 0 for the widest that this machine runs well.</param>
public sealed record ModelOptions(int Threads = 0, int Lanes = 0)
{
    /// <summary>Checks the options and fills in what they leave to the machine.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public ModelOptions Resolve()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (Threads > Environment.ProcessorCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Threads), Threads, $"This process may use {Environment.ProcessorCount} processors; ask for at most that many threads, or 0 for all of them.");
        }

        if (Lanes is not (0 or 4 or 8 or 16))
        {
            throw new ArgumentOutOfRangeException(nameof(Lanes), Lanes, "Vectors have 4, 8 or 16 floats.");
        }

        return new ModelOptions(Threads == 0 ? Environment.ProcessorCount : Threads, Lanes == 0 ? Kernels.Templates.KernelTemplates.WidestLanes : Lanes);
    }
}
