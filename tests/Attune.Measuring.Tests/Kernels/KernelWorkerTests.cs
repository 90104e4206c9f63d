using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;
using Attune.Measuring.Workers;
using Attune.Records;

namespace Attune.Measuring.Tests.Kernels;

/// <summary>This test host as a program that measures: it knows nothing of workers, and becomes one all the same.</summary>
public sealed class KernelWorkerTests
{
    private const string Variable = "ATTUNE_WORKER_FOOTPRINT";

    [Fact]
    public async Task Any_program_is_its_own_worker()
    {
        string key = $"conv2d/1x{HostTarget.Widest.Lanes}x6x5/{HostTarget.Widest.Lanes}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{HostTarget.Widest.Lanes}";
        WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull();
        Space space = KernelTemplates.CreateSpace(workload, HostTarget.Widest);
        Configuration start = space[KernelTemplates.DefaultIndex(workload, space, HostTarget.Widest)];
        await using var measurer = new WorkerMeasurer(
            new WorkerSettings { Command = KernelWorker.InThisProgram(1 << 16), CandidateLimit = TimeSpan.FromMinutes(1) });
        MeasureResult result = await measurer.MeasureAsync(new MeasureRequest(key, start.Index, start.ToLabels(), 1, null), CancellationToken.None);
        result.Outcome.ShouldBe(Outcome.Ok, result.Message);
        result.MedianMs.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_worker_that_runs_its_program_does_not_start_workers_of_its_own()
    {
        KernelWorker.RefuseInWorker();
        Environment.SetEnvironmentVariable(Variable, "0");
        try
        {
            Should.Throw<InvalidOperationException>(KernelWorker.RefuseInWorker).Message.ShouldContain("StartupHookSupport");
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }
}
