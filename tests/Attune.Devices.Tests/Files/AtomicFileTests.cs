using Attune.Devices.Files;

namespace Attune.Devices.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-atomic-").FullName;

    private string Target => Path.Combine(folder, "file");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_is_replaced_as_a_whole()
    {
        File.WriteAllText(Target, "the old and longer content");

        AtomicFile.Write(Target, stream => stream.Write("new"u8));
        File.ReadAllText(Target).ShouldBe("new");

        AtomicFile.Replace(Target, temporary => File.WriteAllText(temporary, "newer"));
        File.ReadAllText(Target).ShouldBe("newer");
        Directory.GetFiles(folder).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(Target, "old");

        Should.Throw<IOException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write("half"u8);
            throw new IOException("disk full");
        })).Message.ShouldBe("disk full");
        Should.Throw<IOException>(() => AtomicFile.Replace(Target, _ => throw new IOException("disk full"))).Message.ShouldBe("disk full");

        File.ReadAllText(Target).ShouldBe("old");
        Directory.GetFiles(folder).ShouldHaveSingleItem();
    }

    [Fact]
    public void Devices_are_not_replaced() => Should.Throw<IOException>(() => AtomicFile.Write("/dev/null", _ => { }));
}
