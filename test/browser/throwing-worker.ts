/** A worker that fails outside its tasks and never answers. */
self.addEventListener('message', () => {
  setTimeout(() => {
    throw new Error('out of order');
  });
});
