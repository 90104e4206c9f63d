using System.Text;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Container;
using Attune.Runtime.Files.Sources;

namespace Attune.Runtime.Tests.Files;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class ContainerFormatTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_that_of_zip(string text, uint expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Crc32.Append(0, bytes).ShouldBe(expected);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(12345, 0)]
    [InlineData(1000, 4294967294)]
    [InlineData(1000, 4294967295)]
    [InlineData(1000, 5000000000)]
    public void A_header_aligns_its_content_and_tells_its_entry(long position, long length)
    {
        var entry = new ContainerEntry("weights.bin", length, 0xDEADBEEF);
        byte[] header = ContainerFormat.LocalHeader(position, entry);

        ((position + header.Length) % 64).ShouldBe(0);
        header.Length.ShouldBeLessThanOrEqualTo(ContainerFormat.LongestHeader);
        ContainerFormat.ParseHeader(header).ShouldBe(entry);
        for (int cut = 0; cut < ContainerFormat.FixedHeader + entry.Name.Length; cut++)
        {
            ContainerFormat.ParseHeader(header.AsSpan(0, cut)).ShouldBeNull();
        }
    }

    [Fact]
    public void A_file_beyond_four_gigabytes_is_a_valid_zip()
    {
        // A sparse file: only headers and directory take space.
        using var folder = new TemporaryFolder();
        string path = folder.File("large.zip");
        var entry = new ContainerEntry("weights.bin", 5_000_000_000, 0);
        byte[] header = ContainerFormat.LocalHeader(0, entry);
        using (FileStream file = File.Create(path))
        {
            file.Write(header);
            file.Position = header.Length + entry.Length;
            file.Write(ContainerFormat.Tail(file.Position, [(entry, 0)]));
        }

        using (var zip = System.IO.Compression.ZipFile.OpenRead(path))
        {
            zip.Entries.Single().Length.ShouldBe(entry.Length);
            using Stream content = zip.Entries.Single().Open();
            content.ReadByte().ShouldBe(0);
        }

        using var source = new FileSource(path);
        var reader = new ContainerReader(source);
        (ContainerEntry read, long at) = reader.Next("weights.bin", long.MaxValue);
        read.ShouldBe(entry);
        (at % 64).ShouldBe(0);
        reader.End();
    }

    [Fact]
    public void A_length_beyond_the_limit_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("bomb");
        File.WriteAllBytes(path, ContainerFormat.LocalHeader(0, new ContainerEntry("manifest.json", 1L << 50, 0)));
        using var source = new FileSource(path);
        var reader = new ContainerReader(source);
        Should.Throw<FileDefectException>(() => reader.Next("manifest.json", 1 << 20)).Failure.ShouldBe(TunedModelFailure.TooLarge);
    }
}
