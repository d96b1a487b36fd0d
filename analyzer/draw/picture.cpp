#include "analyzer/draw/picture.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>

#include <cairo-pdf.h>
#include <cairo.h>
#include <librsvg/rsvg.h>

namespace plaintalk::analyzer {
namespace {

constexpr double kPointsPerPixel = 0.75;
constexpr double kSideMax = 20'000;
constexpr double kPixelsMax = 1e8;

struct RsvgUnref {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
};
struct SurfaceDestroy {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct ContextDestroy {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Surface = std::unique_ptr<cairo_surface_t, SurfaceDestroy>;

[[noreturn]] void fail(GError* error) {
  const std::string message = error == nullptr ? "unknown reason" : error->message;
  g_clear_error(&error);
  throw std::runtime_error("the picture cannot be made: " + message);
}

class Drawing {
 public:
  explicit Drawing(const std::string& svg) {
    GError* error = nullptr;
    handle_.reset(rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &error));
    if (handle_ == nullptr) fail(error);
    if (rsvg_handle_get_intrinsic_size_in_pixels(handle_.get(), &width_, &height_) == 0)
      throw std::runtime_error("the picture cannot be made: the SVG has no size");
  }

  double width() const { return width_; }
  double height() const { return height_; }

  void draw(cairo_surface_t* surface, double scale) const {
    const std::unique_ptr<cairo_t, ContextDestroy> context(cairo_create(surface));
    const RsvgRectangle viewport{0, 0, width_ * scale, height_ * scale};
    GError* error = nullptr;
    if (rsvg_handle_render_document(handle_.get(), context.get(), &viewport, &error) == 0) fail(error);
    if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS)
      throw std::runtime_error(std::string("the picture cannot be made: ") +
                               cairo_status_to_string(cairo_status(context.get())));
  }

 private:
  std::unique_ptr<RsvgHandle, RsvgUnref> handle_;
  double width_ = 0;
  double height_ = 0;
};

cairo_status_t append(void* text, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

std::string png_of(const std::string& svg, double scale) {
  const Drawing drawing(svg);
  const double width = std::round(drawing.width() * scale);
  const double height = std::round(drawing.height() * scale);
  if (width > kSideMax || height > kSideMax || width * height > kPixelsMax)
    throw std::runtime_error("the picture would have " + std::to_string(static_cast<long>(width)) + " x " +
                             std::to_string(static_cast<long>(height)) +
                             " pixels; choose a smaller size, or SVG or PDF");
  const Surface surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, static_cast<int>(width), static_cast<int>(height)));
  drawing.draw(surface.get(), scale);
  std::string picture;
  if (cairo_surface_write_to_png_stream(surface.get(), append, &picture) != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error("the picture cannot be made: there is no memory for it");
  return picture;
}

std::string pdf_of(const std::string& svg) {
  const Drawing drawing(svg);
  std::string picture;
  {
    const Surface surface(cairo_pdf_surface_create_for_stream(
        append, &picture, drawing.width() * kPointsPerPixel, drawing.height() * kPointsPerPixel));
    drawing.draw(surface.get(), kPointsPerPixel);
    cairo_surface_finish(surface.get());
  }
  return picture;
}

}  // namespace plaintalk::analyzer
