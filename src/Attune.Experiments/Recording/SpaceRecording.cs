using Attune.Devices;
using Attune.Experiments.Setup;
using Attune.Kernels.Templates;
using Attune.Measuring.Workers;

namespace Attune.Experiments.Recording;

/// <summary>Records the space of one task into a file: starts the process that measures, and goes on where the file ends.</summary>
/// <param name="task">The task.</param>
/// <param name="options">How.</param>
/// <param name="clock">Time.</param>
public sealed class SpaceRecording(ExperimentTask task, SpaceRecordingOptions options, TimeProvider clock)
{
    /// <summary>Records until the limit, or until the caller cancels; what is wrong with the file otherwise.</summary>
    /// <param name="progress">Called after every configuration.</param>
    /// <param name="cancellation">Stops; what was measured is in the file.</param>
    /// <exception cref="IOException">The file system refuses, or another process writes to the file.</exception>
    /// <exception cref="WorkerUnavailableException">The process that measures cannot be started.</exception>
    public async Task<Result<SpaceRecordingOutcome, string>> RunAsync(Action<SpaceRecordingProgress> progress, CancellationToken cancellation)
    {
        Result<RecordedSpaceFile, string> opened = Open();
        if (!opened.Succeeded)
        {
            return opened.Error;
        }

        using RecordedSpaceFile file = opened.Value;
        int before = file.Count;
        await using var measurer = new WorkerMeasurer(new WorkerSettings { Command = options.Worker, Clock = clock });
        long start = clock.GetTimestamp();
        var tally = new FailureTally();
        bool wasStopped = false;
        try
        {
            tally = await new SpaceRecorder(measurer, clock).RunAsync(
                task.Tuning, file, options.Threads, options.Limit, options.Seed,
                so => progress(new SpaceRecordingProgress(file.Count, so, clock.GetElapsedTime(start))),
                cancellation);
        }
        catch (OperationCanceledException)
        {
            wasStopped = true;
        }

        return new SpaceRecordingOutcome(file.Count, file.Count - before, tally, clock.GetElapsedTime(start), wasStopped);
    }

    private Result<RecordedSpaceFile, string> Open()
    {
        var origin = new RecordedOrigin(
            task.Tuning.Key, CpuDevice.Detect().Fingerprint.Id, options.Threads, KernelTemplates.Generation, task.SpaceSignature, options.Seed);
        try
        {
            return RecordedSpaceFile.Open(options.Path, origin, task.Tuning.Space);
        }
        catch (InvalidDataException other)
        {
            return other.Message;
        }
    }
}
