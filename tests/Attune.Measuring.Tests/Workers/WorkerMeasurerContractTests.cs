using System.Collections.Immutable;
using Attune.Measuring.Workers;
using Attune.Records;

namespace Attune.Measuring.Tests.Workers;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class WorkerMeasurerContractTests : MeasurerContract
{
    protected override MeasureRequest Good => Acting("good");

    protected override MeasureRequest Failing => Acting("wrong");

    protected override Outcome Failure => Outcome.WrongResult;

    protected override IMeasurer Create() => new WorkerMeasurer(new WorkerSettings
    {
        Command = new WorkerCommand(TestWorker.DotNet, [TestWorker.Program, "behave"]),
        CandidateLimit = TimeSpan.FromSeconds(30),
    });

    private static MeasureRequest Acting(string act) => new("good-task", 0, ImmutableDictionary<string, string>.Empty.Add("act", act), 1, null);
}
