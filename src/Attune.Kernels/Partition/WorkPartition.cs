namespace Attune.Kernels.Partition;

/// <summary>
/// Which part of its output each work unit of a kernel writes, and which part of its input it reads. Units are split evenly among threads in order, so this
/// says which core's cache holds what. Made from the same plans as the code. Immutable.
/// </summary>
public sealed class WorkPartition
{
    private readonly Func<int, IEnumerable<WorkRegion>> writes;
    private readonly Func<int, IEnumerable<WorkRegion>> reads;

    internal WorkPartition(
        ActivationGrid output,
        int writeUnits,
        Func<int,
        IEnumerable<WorkRegion>> writes,
        ActivationGrid input,
        int readUnits,
        Func<int,
        IEnumerable<WorkRegion>> reads)
    {
        Output = output;
        WriteUnits = writeUnits;
        this.writes = writes;
        Input = input;
        ReadUnits = readUnits;
        this.reads = reads;
    }

    /// <summary>Size of the output as the kernel sees it.</summary>
    public ActivationGrid Output { get; }

    /// <summary>Size of the input as the kernel sees it, without halo.</summary>
    public ActivationGrid Input { get; }

    /// <summary>Units of the phase that writes.</summary>
    internal int WriteUnits { get; }

    /// <summary>Units of the phase that reads.</summary>
    internal int ReadUnits { get; }

    /// <summary>
    /// How threads share the output: "whole" (one thread has all of it), "rows" (each has all channels of some positions), "channels" (each has all positions
    /// of some channels), or "mixed".
    /// </summary>
    /// <param name="threads">Threads, at least 1.</param>
    public string ClassOf(int threads)
    {
        if (threads <= 1)
        {
            return "whole";
        }

        var map = PartitionMap.Writers(this, Output, threads);
        bool rows = true;
        bool channels = true;
        for (int member = 0; member < threads; member++)
        {
            (int blocks, int places) = map.Coverage(member);
            rows &= blocks is 0 || blocks == Output.Blocks;
            channels &= places is 0 || places == map.Places;
        }

        return (rows, channels) switch
        {
            (true, true) => "whole",
            (true, false) => "rows",
            (false, true) => "channels",
            _ => "mixed",
        };
    }

    internal IEnumerable<WorkRegion> Writes(int unit) => writes(unit);

    internal IEnumerable<WorkRegion> Reads(int unit) => reads(unit);
}
