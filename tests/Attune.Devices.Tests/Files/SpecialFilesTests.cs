using Attune.Devices.Files;

namespace Attune.Devices.Tests.Files;

public sealed class SpecialFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-special-").FullName;

    [Theory]
    [InlineData("/dev/full")]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/comm")]
    [InlineData("/tmp/../dev/zero")]
    public void What_belongs_to_the_system_is_not_replaced(string path) =>
        Should.Throw<IOException>(() => SpecialFiles.RequireReplaceable(path)).Message.ShouldContain(path);

    [Theory]
    [InlineData("/tmp/model.attune")]
    [InlineData("/dev/shm/model.attune")]
    [InlineData("dev/model.attune")]
    public void Other_places_may_be_written(string path) => Should.NotThrow(() => SpecialFiles.RequireReplaceable(path));

    [Fact]
    public void A_file_with_bytes_has_a_length_also_through_a_link()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllBytes(file, [1]);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), file);

        SpecialFiles.HasNoLength(file).ShouldBeFalse();
        SpecialFiles.HasNoLength(Path.Combine(folder, "link")).ShouldBeFalse();
        SpecialFiles.HasNoLength(Path.Combine(folder, "absent")).ShouldBeFalse();
    }

    [Fact]
    public void Devices_and_empty_files_have_none()
    {
        string link = Path.Combine(folder, "link");
        File.CreateSymbolicLink(link, "/dev/zero");

        SpecialFiles.HasNoLength("/dev/zero").ShouldBeTrue();
        SpecialFiles.HasNoLength(link).ShouldBeTrue();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
