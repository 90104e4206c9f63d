using Attune.Devices.Files;

namespace Attune.Devices.Tests.Files;

public sealed class FileLeaseTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void One_opening_at_a_time_has_it()
    {
        using FileStream first = Open();
        using FileStream second = Open();
        FileLease.TryTake(first.SafeFileHandle).ShouldBeTrue();
        FileLease.TryTake(second.SafeFileHandle).ShouldBe(!OperatingSystem.IsLinux());

        // Closing another handle of the file drops a plain fcntl lock of the process; this one must survive it.
        Open().Dispose();
        using (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
        }

        FileLease.TryTake(second.SafeFileHandle).ShouldBe(!OperatingSystem.IsLinux());
        first.Dispose();
        FileLease.TryTake(second.SafeFileHandle).ShouldBeTrue();
    }

    [Fact]
    public void A_file_that_was_deleted_or_replaced_has_lost_its_name()
    {
        using FileStream file = Open();
        FileLease.HasLostItsName(file.SafeFileHandle).ShouldBeFalse();
        File.Move(path, path + ".moved");
        FileLease.HasLostItsName(file.SafeFileHandle).ShouldBeFalse();
        File.WriteAllText(path, "another one");
        File.Move(path, path + ".moved", overwrite: true);
        FileLease.HasLostItsName(file.SafeFileHandle).ShouldBe(OperatingSystem.IsLinux());
        File.Delete(path + ".moved");
    }

    private FileStream Open() => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
