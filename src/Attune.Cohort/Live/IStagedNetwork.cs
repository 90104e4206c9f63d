using Attune.Devices;

namespace Attune.Cohort.Live;

/// <summary>A network that runs stage by stage; one job at a time, one caller at a time.</summary>
internal interface IStagedNetwork : IDisposable
{
    /// <summary>Stages, at least 1.</summary>
    int Stages { get; }

    /// <summary>Most threads that may share a stage.</summary>
    int MaxThreads { get; }

    /// <summary>Starts a job.</summary>
    /// <param name="input">Elements of the input; empty to keep what was there.</param>
    void Begin(ReadOnlySpan<float> input);

    /// <summary>Runs the next stage.</summary>
    /// <param name="stage">Its position.</param>
    /// <param name="variant">The form in which its layers run.</param>
    /// <param name="team">Threads.</param>
    /// <param name="threads">How many of them take part.</param>
    void Run(int stage, int variant, ThreadTeam team, int threads);

    /// <summary>Copies the output of a job that ran all its stages.</summary>
    /// <param name="output">Receives it; empty to leave it.</param>
    void Finish(Span<float> output);
}
