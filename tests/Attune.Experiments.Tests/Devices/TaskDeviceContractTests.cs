using Attune.Experiments.Devices;
using Attune.Experiments.Setup;
using Attune.Records.Journals;

namespace Attune.Experiments.Tests.Devices;

public sealed class RecordedTasksContractTests : TaskDeviceContract
{
    protected override ITaskDevice Create(ExperimentTask task) => new RecordedTasks([Bowl.Device(task.Tuning.Key)], "signature");
}

public sealed class LocalTasksContractTests : TaskDeviceContract
{
    private Journal? journal;

    protected override ITaskDevice Create(ExperimentTask task)
    {
        journal = Journal.Open(PathOf("records.jsonl"));
        return new LocalTasks(
            new MeasurementMemo(journal, "x64-test", 1, TimeProvider.System), _ => Bowl.Device(task.Tuning.Key), "this machine, 1 thread", "x64-test-1");
    }

    protected override void Close() => journal?.Dispose();
}

public sealed class BowlDeviceContractTests : TaskDeviceContract
{
    protected override ITaskDevice Create(ExperimentTask task) => new BowlDevice();
}
